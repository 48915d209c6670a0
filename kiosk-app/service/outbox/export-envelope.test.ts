import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { ExportEnvelope, openEnvelope, sealEnvelope } from './export-envelope.ts';

const city = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const dataKey = randomBytes(32);
const manifest = {
  dossierId: '0'.repeat(26),
  kioskId: 'k',
  procedureCode: 'p',
  size: 1,
  sha256: '0'.repeat(64),
  documents: [],
};
const sealed = () => sealEnvelope({ manifest, blob: 'a'.repeat(64), dataKey }, city.publicKey);

it('opens for the city alone, and never shows the key', () => {
  const envelope = ExportEnvelope.parse(JSON.parse(JSON.stringify(sealed())));
  expect(openEnvelope(envelope, city.privateKey)).toEqual(dataKey);
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  expect(openEnvelope(envelope, stranger.privateKey)).toBeNull();
  expect(Buffer.from(envelope.wrappedKey, 'base64').includes(dataKey)).toBe(false);
});

it('does not open when it was changed, or put to another dossier', () => {
  const envelope = sealed();
  const other = { ...envelope, manifest: { ...manifest, dossierId: '1'.repeat(26) } };
  const bits = Buffer.from(envelope.wrappedKey, 'base64');
  bits[20]! ^= 1;
  for (const bad of [
    other,
    { ...envelope, wrappedKey: bits.toString('base64') },
    { ...envelope, ephemeralKey: 'AAAA' },
    { ...envelope, wrappedKey: '' },
  ])
    expect(openEnvelope(bad, city.privateKey)).toBeNull();
});
