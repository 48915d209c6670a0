import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemIds } from '@motcua/core';
import { hasSoftHsm, openSoftHsm, SOFT_HSM_PIN } from '@motcua/ocr-pipeline/signing/simulators';
import { openOfficerAccounts } from '@motcua/service/officers';

/** Who signs in the demo; the password opens nothing but a demo on this machine. */
export const demoOfficer = {
  login: 'canbo',
  password: 'ban-ky-2026',
  fullName: 'Nguyễn Thị Thanh Hường',
  position: 'Công chức tư pháp – hộ tịch',
} as const;

export type DemoOfficer = typeof demoOfficer & { readonly pin: string; readonly url: string };

/** Two tokens are plugged in: the officer's own, and the agency's. Null where SoftHSM is not installed. */
export function prepareOfficerToken(folder: string) {
  if (!hasSoftHsm()) return null;
  const fresh = !existsSync(join(folder, 'tokens'));
  const hsm = openSoftHsm(folder);
  if (fresh) {
    hsm.addToken('can bo');
    hsm.addKey('can bo', 'p256', demoOfficer.fullName);
    hsm.addToken('co quan');
    hsm.addKey('co quan', 'rsa', 'Ủy ban nhân dân phường Tân Hưng');
  }
  return { ...hsm.module, pin: SOFT_HSM_PIN };
}

/** Once; a demo that is taken up again has the account already. */
export async function addDemoOfficer(database: string): Promise<void> {
  const opened = openOfficerAccounts({ database, clock: systemClock, ids: systemIds(systemClock) });
  await opened?.accounts.add(demoOfficer);
  opened?.close();
}
