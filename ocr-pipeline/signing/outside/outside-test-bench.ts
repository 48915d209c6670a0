import { join } from 'node:path';
import { exec } from '@motcua/core';

const jars = (...names: readonly string[]) => names.map((name) => `/usr/share/java/${name}.jar`).join(':');
const PREFLIGHT = jars(
  ...['preflight', 'pdfbox2', 'fontbox2', 'xmpbox', 'commons-logging', 'jaxb-api', 'javax.activation'],
  ...['bcprov', 'bcpkix', 'bcutil'],
);

async function java(...args: readonly string[]): Promise<string> {
  const result = await exec('java', args, { timeoutMs: 60_000 });
  if (result.ok) return result.value.stdout.toString().trim();
  const { error } = result;
  return error.code === 'exec-failed' ? `${error.exitCode}: ${error.stdout}${error.stderr}` : error.code;
}

/** What BouncyCastle says to CMS signatures and time-stamp tokens, each followed by the file that it is over. */
export function askBouncyCastle(...files: readonly string[]): Promise<string> {
  const source = join(import.meta.dirname, 'CheckCms.java');
  return java('-cp', jars('bcprov', 'bcpkix', 'bcutil'), source, ...files);
}

/** What Apache PDFBox Preflight says to a PDF/A-1b. */
export function askPreflight(file: string): Promise<string> {
  return java('-cp', PREFLIGHT, 'org.apache.pdfbox.preflight.Validator_A1b', file);
}
