import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { DossierManifest } from '@motcua/contract';
import { z } from 'zod';

/**
 * What accompanies a dossier's encrypted file on its way out on a stick: its manifest, and its data key, encrypted so
 * that only the city can open it (ephemeral ECDH P-256 → HKDF-SHA256 → AES-256-GCM, the dossier's id as associated
 * data). The file itself is copied as it lies on the kiosk.
 */
export const ExportEnvelope = z.strictObject({
  version: z.literal(1),
  manifest: DossierManifest,
  /** Name of the encrypted file, which is part of what its frames authenticate. */
  blob: z.string().regex(/^[0-9a-f]{64}$/),
  /** SPKI, DER, base64. */
  ephemeralKey: z.base64().max(400),
  /** Nonce, ciphertext, tag; base64. */
  wrappedKey: z.base64().max(400),
});
export type ExportEnvelope = z.infer<typeof ExportEnvelope>;

export function sealEnvelope(
  dossier: { readonly manifest: DossierManifest; readonly blob: string; readonly dataKey: Buffer },
  cityPublicKey: KeyObject,
): ExportEnvelope {
  const { manifest, blob, dataKey } = dossier;
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ephemeralKey = own.publicKey.export({ type: 'spki', format: 'der' });
  const key = agreedKey(own.privateKey, cityPublicKey, ephemeralKey);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(manifest.dossierId));
  const wrapped = Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
  return {
    version: 1,
    manifest,
    blob,
    ephemeralKey: ephemeralKey.toString('base64'),
    wrappedKey: wrapped.toString('base64'),
  };
}

/** The dossier's data key; null when the envelope was not made for this key, or was changed. */
export function openEnvelope(envelope: ExportEnvelope, cityPrivateKey: KeyObject): Buffer | null {
  try {
    const ephemeral = Buffer.from(envelope.ephemeralKey, 'base64');
    const publicKey = createPublicKey({ key: ephemeral, type: 'spki', format: 'der' });
    const wrapped = Buffer.from(envelope.wrappedKey, 'base64');
    const key = agreedKey(cityPrivateKey, publicKey, ephemeral);
    const cipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, 12));
    cipher.setAAD(Buffer.from(envelope.manifest.dossierId)).setAuthTag(wrapped.subarray(-16));
    return Buffer.concat([cipher.update(wrapped.subarray(12, -16)), cipher.final()]);
  } catch {
    return null;
  }
}

function agreedKey(privateKey: KeyObject, publicKey: KeyObject, ephemeral: Buffer): Buffer {
  const secret = diffieHellman({ privateKey, publicKey });
  return Buffer.from(hkdfSync('sha256', secret, ephemeral, 'motcua/export/1', 32));
}
