import { exec } from '@motcua/core';

/** Apache PDFBox Preflight, as Debian packages it, judges PDF/A-1b from outside. */
const JARS = [
  'preflight',
  'pdfbox2',
  'fontbox2',
  'xmpbox',
  'commons-logging',
  'jaxb-api',
  'javax.activation',
  'bcprov',
  'bcpkix',
].map((name) => `/usr/share/java/${name}.jar`);

/** What Preflight says: `The file … is a valid PDF/A-1b file`, or what is wrong with it. */
export async function preflight(file: string): Promise<string> {
  const args = ['-cp', JARS.join(':'), 'org.apache.pdfbox.preflight.Validator_A1b', file];
  const result = await exec('java', args, { timeoutMs: 60_000 });
  if (result.ok) return result.value.stdout.toString('utf8').trim();
  if (result.error.code !== 'exec-failed') throw new Error(result.error.code);
  return result.error.stdout.toString('utf8').trim();
}
