import { hash } from 'node:crypto';
import { type Clock, unwrap } from '@motcua/core';
import { digestOf } from './algorithms.ts';
import { signCms } from './cms-sign.ts';
import { openDeviceKey } from './device-key.ts';
import type { SigningKey } from './signing-key.ts';

/** The kiosk's own seal: says which machine made a dossier and that nothing changed since. Never a certified copy. */
export interface Seal {
  readonly certificatePem: string;
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  readonly fingerprint: string;
  /** The kiosk that the certificate names. */
  readonly kioskId: string;
  /** The device's key: for the papers of a dossier as for the dossier itself. */
  readonly key: SigningKey;
  /** Detached CAdES-B-B over `data` at the clock's time: CMS SignedData, DER. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/**
 * Opens the kiosk's seal, a software key in `folder` that only this user may read, and makes it at the first start.
 *
 * @throws {DeviceKeyError} when the key is exposed, damaged or lost: the kiosk cannot go on.
 */
export async function openSeal(options: {
  readonly folder: string;
  readonly clock: Clock;
  readonly kioskId: string;
  readonly kioskName: string;
}): Promise<Seal> {
  const { folder, clock, kioskId, kioskName } = options;
  const key = await openDeviceKey({ folder, clock, id: kioskId, name: kioskName });
  return {
    certificatePem: key.certificatePem,
    fingerprint: key.fingerprint,
    kioskId,
    key: key.signingKey,
    sign: async (data) => {
      const contentDigest = hash(digestOf(key.signingKey.algorithm), data, 'buffer');
      // A key in memory does not fail.
      return unwrap(await signCms({ contentDigest, key: key.signingKey, signingTime: clock.now() }));
    },
  };
}
