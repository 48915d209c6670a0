import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { moveFileDurable, syncFolder, writeFileDurable } from '@motcua/core';
import type { LocalPki } from './local-pki.ts';

/**
 * Gives a device a key with a certificate of the local authority before its first start, as an operator would on a real
 * machine. A device that has a certificate keeps it.
 */
export async function certifyDevice(
  pki: LocalPki,
  folder: string,
  device: { readonly id: string; readonly name: string },
): Promise<void> {
  const certificateFile = join(folder, 'device-certificate.pem');
  if (existsSync(certificateFile)) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await syncFolder(dirname(folder));
  const keyFile = join(folder, 'device-key.pem');
  // OpenSSL syncs nothing: the key takes its place, whole and to stay, before there is a certificate of it.
  const fresh = existsSync(keyFile) ? null : `${keyFile}.openssl.tmp`;
  if (fresh) await rm(fresh, { force: true });
  const chain = await pki.issue({ keyFile: fresh ?? keyFile, ...device });
  if (fresh) await moveFileDurable(fresh, keyFile);
  await writeFileDurable(certificateFile, [...chain, pki.rootPem].join(''), 0o644);
}
