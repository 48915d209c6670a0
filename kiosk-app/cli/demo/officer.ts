import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hasSoftHsm, type LocalPki, openSoftHsm, SOFT_HSM_PIN } from '@motcua/ocr-pipeline/simulators';
import { askService } from '../service-client.ts';

/** Who signs in the demo; the password opens nothing but a demo on this machine. */
export const demoOfficer = {
  login: 'canbo',
  password: 'ban-ky-2026',
  fullName: 'Nguyễn Thị Thanh Hường',
  position: 'Công chức tư pháp – hộ tịch',
} as const;

export type DemoOfficer = typeof demoOfficer & { readonly pin: string; readonly url: string };

/** Two tokens are plugged in: the officer's own, and the agency's. Null where SoftHSM is not installed. */
export async function prepareOfficerToken(folder: string, pki: LocalPki | null) {
  if (pki === null || !hasSoftHsm()) return null;
  const fresh = !existsSync(join(folder, 'tokens'));
  const hsm = openSoftHsm(folder);
  if (fresh)
    for (const { label, name, newKey } of holders) {
      const keyFile = join(folder, `${label}.key`);
      const chain = await pki.issue({ keyFile, name, ...(newKey && { newKey }) });
      hsm.addToken(label);
      hsm.importKey(label, keyFile, chain as [string, ...string[]]);
    }
  return { ...hsm.module, pin: SOFT_HSM_PIN };
}

const holders: readonly {
  readonly label: string;
  readonly name: string;
  readonly newKey?: readonly string[];
}[] = [
  { label: 'can bo', name: demoOfficer.fullName },
  {
    label: 'co quan',
    name: 'Ủy ban nhân dân phường Tân Hưng',
    newKey: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
  },
];

const ASK_AGAIN_MS = 100;
const MAX_ASKS = 50;

/** Once; a demo that is taken up again has the account already. */
export async function addDemoOfficer(runFolder: string): Promise<void> {
  const { login, fullName, position, password } = demoOfficer;
  const order = { change: 'add', login, fullName, position, password };
  for (let asked = 0; asked < MAX_ASKS; asked++) {
    const answer = await askService(runFolder, 'POST', '/api/officers', order);
    if (answer.ok) return;
    // The service answers a moment before its address stands in the folder.
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  throw new Error('the demo’s officer could not be added');
}
