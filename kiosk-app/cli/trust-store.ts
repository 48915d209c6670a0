import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const MAX_BYTES = 65_536;
const MAX_CRL_BYTES = 10_485_760;
const MAX_FILES = 500;
const KEPT_DEMO_CERTIFICATES = 20;

const ownFolder = () => join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'motcua', 'trust');

/** Where certificates are looked for when `--trust` names no folder: the machine's and the user's own. */
export function defaultTrustFolders(): readonly string[] {
  return ['/etc/motcua/trust', ownFolder()];
}

/** Every PEM file of the folders; null for a folder that was named but cannot be read. */
export function readTrust(folders: readonly string[], mustExist: boolean): readonly string[] | null {
  const certificates: string[] = [];
  for (const folder of folders) {
    try {
      for (const name of readdirSync(folder).sort().slice(0, MAX_FILES)) {
        const file = join(folder, name);
        if (/\.(pem|crt|cer)$/.test(name) && statSync(file).size <= MAX_BYTES)
          certificates.push(readFileSync(file, 'utf8'));
      }
    } catch {
      if (mustExist) return null;
    }
  }
  return certificates;
}

/** Every revocation list (`.crl`, DER or PEM) of the folders: what an operator carried to a machine without a network. */
export function readRevocationLists(folders: readonly string[]): readonly Uint8Array[] {
  return folders.flatMap((folder) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.crl'))
        .sort()
        .slice(0, MAX_FILES)
        .map((name) => join(folder, name))
        .filter((file) => statSync(file).size <= MAX_CRL_BYTES)
        .map((file) => {
          const bytes = readFileSync(file);
          const pem = /-----BEGIN X509 CRL-----([^-]+)-----END/.exec(bytes.toString('latin1'))?.[1];
          return pem === undefined ? bytes : Buffer.from(pem, 'base64');
        });
    } catch {
      return [];
    }
  });
}

/** Every demo makes a kiosk of its own: its certificate is remembered for this user, so that `verify` knows its seal. */
export function rememberDemoCertificate(pem: string, role: 'kiosk' | 'city' | 'root'): void {
  const folder = ownFolder();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const mark = createHash('sha256').update(pem).digest('hex').slice(0, 16);
    writeFileSync(join(folder, `demo-${role}-${mark}.pem`), pem, { mode: 0o600 });
    const own = readdirSync(folder)
      .filter((name) => name.startsWith(`demo-${role}-`))
      .sort((one, other) => statSync(join(folder, other)).mtimeMs - statSync(join(folder, one)).mtimeMs);
    for (const old of own.slice(KEPT_DEMO_CERTIFICATES)) rmSync(join(folder, old));
  } catch {
    // A home that cannot be written only means that `verify` needs --trust.
  }
}
