import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurable } from '@motcua/core';
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
  const chain = await pki.issue({ keyFile: join(folder, 'device-key.pem'), ...device });
  await writeFileDurable(certificateFile, [...chain, pki.rootPem].join(''), 0o644);
}
