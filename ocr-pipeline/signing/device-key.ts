import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, syncFolder, writeFileDurable } from '@motcua/core';
import { readPems } from './pem.ts';
import { makeSelfSigned } from './self-signed.ts';
import type { SigningKey } from './signing-key.ts';
import { sameKey, softwareKey } from './software-key.ts';

const KEY_FILE = 'device-key.pem';
const CERTIFICATE_FILE = 'device-certificate.pem';
/** No machine of this project ran earlier: a clock before it is an empty battery, and would spoil the certificate. */
const EARLIEST = Date.UTC(2026, 0, 1);
const MAX_PEM_BYTES = 16_384;

export type DeviceKeyErrorCode =
  | 'device-key-exposed'
  | 'device-key-damaged'
  | 'device-key-missing'
  | 'device-certificate-damaged'
  | 'device-certificate-mismatch'
  | 'device-clock-implausible';

/** Start-up cannot go on without the key: the process ends with this, and a technician reads `code`. */
export class DeviceKeyError extends Error {
  readonly code: DeviceKeyErrorCode;
  constructor(code: DeviceKeyErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'DeviceKeyError';
    this.code = code;
  }
}

export interface DeviceKey {
  readonly privateKey: KeyObject;
  readonly certificate: X509Certificate;
  /** The certificate alone, as others are given it. */
  readonly certificatePem: string;
  /** Signs with this key under the certificate and its issuers. */
  readonly signingKey: SigningKey;
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  readonly fingerprint: string;
}

export interface DeviceKeyOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Printable ASCII: becomes the serialNumber of the certificate's subject. */
  readonly id: string;
  /** Becomes the common name; at most 64 characters (X.520). */
  readonly name: string;
}

/**
 * Opens the software key of this machine (EC P-256) and its self-signed certificate, making both at the first start.
 * A certification authority's certificate of the same key may take the place of the self-signed one in
 * `device-certificate.pem`, followed by its issuers.
 * The key is durable before the certificate is made: a machine that stops in between makes the certificate for the
 * same key at the next start. A certificate whose key is gone is never replaced silently, because others trust it.
 *
 * @throws {DeviceKeyError} also when the key file can be read or changed by anybody but its owner.
 */
export async function openDeviceKey(options: DeviceKeyOptions): Promise<DeviceKey> {
  const { folder } = options;
  await makeFolder(folder);
  const keyPath = join(folder, KEY_FILE);
  const certificatePath = join(folder, CERTIFICATE_FILE);
  let keyPem = await readKey(keyPath);
  const certificatePem = await readSmall(certificatePath);
  if (keyPem === undefined) {
    if (certificatePem !== undefined)
      throw new DeviceKeyError('device-key-missing', `${CERTIFICATE_FILE} is there without ${KEY_FILE}`);
    assertClock(options.clock);
    keyPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }) as string;
    await writeFileDurable(keyPath, keyPem, 0o600);
  }
  const privateKey = parseKey(keyPem);
  if (certificatePem !== undefined) return assemble(privateKey, certificatePem);
  assertClock(options.clock);
  const der = makeSelfSigned({ ...options, privateKey, now: options.clock.now() });
  const pem = new X509Certificate(der).toString();
  await writeFileDurable(certificatePath, pem, 0o644);
  return assemble(privateKey, pem);
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncFolder(dirname(first));
  // A stop while the key was written leaves a private key under a temporary name.
  for (const name of await readdir(folder))
    if (name.startsWith(`${KEY_FILE}.`) && name.endsWith('.tmp')) await rm(join(folder, name));
}

async function readKey(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw new DeviceKeyError('device-key-damaged', `${KEY_FILE} is not a plain file`);
  if ((found.mode & 0o077) !== 0 || found.uid !== process.getuid?.())
    throw new DeviceKeyError(
      'device-key-exposed',
      `${KEY_FILE} must belong to this user and have mode 0600, it has ${(found.mode & 0o777).toString(8)}`,
    );
  const pem = await readSmall(path);
  if (pem === undefined) throw new DeviceKeyError('device-key-damaged', `${KEY_FILE} vanished`);
  return pem;
}

async function readSmall(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.size > MAX_PEM_BYTES) return '';
  return readFile(path, 'utf8');
}

function parseKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // The error of OpenSSL may quote what the file holds.
  }
  throw new DeviceKeyError('device-key-damaged', `${KEY_FILE} holds no EC P-256 private key`);
}

function assemble(privateKey: KeyObject, certificatePem: string): DeviceKey {
  const [certificate, ...issuers] = readPems([certificatePem]);
  if (certificate === undefined)
    throw new DeviceKeyError('device-certificate-damaged', `${CERTIFICATE_FILE} holds no certificate`);
  if (!sameKey(createPublicKey(privateKey), certificate.publicKey))
    throw new DeviceKeyError('device-certificate-mismatch', `${CERTIFICATE_FILE} is of another key`);
  const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
  const signingKey = softwareKey(privateKey, [certificate, ...issuers], 'ecdsa-p256-sha256');
  return { privateKey, certificate, certificatePem: certificate.toString(), signingKey, fingerprint };
}

function assertClock(clock: Clock): void {
  if (clock.now().getTime() < EARLIEST)
    throw new DeviceKeyError(
      'device-clock-implausible',
      `the clock says ${clock.now().toISOString()}; set it first`,
    );
}
