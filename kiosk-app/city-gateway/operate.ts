import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger, systemClock, writeFileDurable } from '@motcua/core';
import { openCityDatabase } from './database/city-database.ts';
import {
  type Authority,
  issueCertificate,
  makeAuthority,
  makeRevocationList,
  readAuthority,
} from './identity/authority.ts';
import { readCertificateRequest } from './identity/certificate-request.ts';

const USAGE = `usage: operate.ts COMMAND
  init-authority FOLDER NAME              a certification authority of the city's own; its key stays in FOLDER
  certify-kiosk FOLDER KIOSK_ID REQUEST   the first certificate of a kiosk, for its PKCS #10 file, on standard output
  certify-gateway FOLDER OUT HOST...      key and certificate of a gateway into the folder OUT
  revoke FOLDER CERTIFICATE...            adds to FOLDER/revoked.pem (MOTCUA_CITY_TLS_CRL) and signs it anew
  release-kiosk KIOSK_ID                  the machine was replaced: the next key that shows itself has the id
  audit-head KIOSK_ID                     the newest signed head of its audit trail, for \`motcua audit verify --head\`
  audit-alarms                            heads that contradict earlier ones: a trail was cut or a disk put back
  handovers                               how many dossiers wait for the city's system, are done, were refused
  retry-handover DOSSIER_ID               a refused one was mended
The last five use MOTCUA_CITY_DB and MOTCUA_CITY_DATA; with the embedded database the gateway must be stopped.`;

const GATEWAY_DAYS = 397;
const KIOSK_DAYS = 180;
const LIST_DAYS = 30;
const AUTHORITY_CERTIFICATE = 'authority.pem';
const AUTHORITY_KEY = 'authority-key.pem';
const now = () => systemClock.now();

process.umask(0o077);
const [command = '', ...args] = process.argv.slice(2);
try {
  process.exitCode = await run(command, args);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function run(name: string, given: readonly string[]): Promise<number> {
  const [first, second, third] = given;
  if (name === 'init-authority' && first && second) return initAuthority(first, second);
  if (name === 'certify-kiosk' && first && second && third) return certifyKiosk(first, second, third);
  if (name === 'certify-gateway' && first && second && third)
    return certifyGateway(first, second, given.slice(2));
  if (name === 'revoke' && first && second) return revoke(first, given.slice(1));
  if (name === 'release-kiosk' && first)
    return withDatabase(async ({ kioskKeys }) => ((await kioskKeys.release(first)) > 0 ? 0 : 1));
  if (name === 'retry-handover' && first)
    return withDatabase(async ({ handovers }) => ((await handovers.retry(first, now())) ? 0 : 1));
  if (name === 'audit-head' && first)
    return withDatabase(async ({ auditHeads }) => {
      const head = await auditHeads.newest(first);
      if (head !== undefined) console.log(head.token);
      return head === undefined ? 1 : 0;
    });
  if (name === 'audit-alarms')
    return withDatabase(async ({ auditHeads }) => {
      for (const alarm of await auditHeads.alarms()) console.log(JSON.stringify(alarm));
      return 0;
    });
  if (name === 'handovers')
    return withDatabase(async ({ handovers }) => {
      console.log(JSON.stringify(await handovers.counts()));
      return 0;
    });
  console.error(USAGE);
  return 2;
}

async function initAuthority(folder: string, name: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  if (existsSync(join(folder, AUTHORITY_KEY)))
    throw new Error('there is an authority in this folder already');
  const authority = await makeAuthority(name, now());
  await writeFileDurable(join(folder, AUTHORITY_KEY), pemOf(authority.privateKey));
  await writeFileDurable(join(folder, AUTHORITY_CERTIFICATE), authority.certificatePem, 0o644);
  return revoke(folder, []);
}

async function openAuthority(folder: string): Promise<Authority> {
  const text = (name: string) => readFile(join(folder, name), 'utf8');
  return readAuthority(await text(AUTHORITY_CERTIFICATE), await text(AUTHORITY_KEY));
}

async function certifyKiosk(folder: string, kioskId: string, file: string): Promise<number> {
  const request = readCertificateRequest(await readFile(file, 'utf8'));
  if (!request.ok) throw new Error(request.error.code);
  const holder = { kind: 'kiosk', kioskId } as const;
  const { publicKey } = request.value;
  const authority = await openAuthority(folder);
  console.log(
    (await issueCertificate(authority, { publicKey, holder, days: KIOSK_DAYS, now: now() })).trim(),
  );
  return 0;
}

async function certifyGateway(folder: string, out: string, hosts: readonly string[]): Promise<number> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const authority = await openAuthority(folder);
  const holder = { kind: 'gateway', hosts } as const;
  const certificate = await issueCertificate(authority, {
    publicKey,
    holder,
    days: GATEWAY_DAYS,
    now: now(),
  });
  await mkdir(out, { recursive: true });
  await writeFileDurable(join(out, 'gateway-key.pem'), pemOf(privateKey));
  await writeFileDurable(join(out, 'gateway.pem'), certificate, 0o644);
  return 0;
}

/** The serial numbers stand in a file beside the list, one a line: lists are signed anew, never changed. */
async function revoke(folder: string, files: readonly string[]): Promise<number> {
  const serialFile = join(folder, 'revoked-serials.txt');
  const known = existsSync(serialFile)
    ? (await readFile(serialFile, 'utf8')).split('\n').filter(Boolean)
    : [];
  const added = await Promise.all(
    files.map(async (file) => new X509Certificate(await readFile(file)).serialNumber),
  );
  const serials = [...new Set([...known, ...added])];
  await writeFileDurable(serialFile, `${serials.join('\n')}\n`);
  const list = await makeRevocationList(await openAuthority(folder), {
    serials,
    now: now(),
    days: LIST_DAYS,
  });
  await writeFileDurable(join(folder, 'revoked.pem'), list, 0o644);
  return 0;
}

async function withDatabase(
  work: (database: Awaited<ReturnType<typeof openCityDatabase>>) => Promise<number>,
) {
  const { MOTCUA_CITY_DATA = '', MOTCUA_CITY_DB = 'sqlite:' } = process.env;
  const logger = createLogger({ level: 'warn' });
  const database = await openCityDatabase({ url: MOTCUA_CITY_DB, dataFolder: MOTCUA_CITY_DATA, logger });
  return work(database).finally(() => database.close());
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}
