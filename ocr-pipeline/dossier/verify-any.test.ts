import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@motcua/core';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DeviceKey, openDeviceKey, openSeal, signReceipt, verifyReceipt } from '../signing/index.ts';
import { buildSpecimenDossier } from './specimen.ts';
import { verifyAny } from './verify-any.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
const claims = { version: 1, dossierCode: 'H29.15-261008-0001' };
let folder: string;
let key: DeviceKey;
let other: DeviceKey;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'any-'));
  key = await openDeviceKey({ folder: join(folder, 'city'), clock, id: 'city', name: 'City' });
  other = await openDeviceKey({ folder: join(folder, 'other'), clock, id: 'other', name: 'Other' });
});

async function verify(content: string | Buffer, receiptTrust = [key.certificatePem]) {
  const file = join(folder, 'file');
  await writeFile(file, content);
  const seen = await verifyAny(file, { trust: [], receiptTrust, at: clock.now() });
  return [seen.format, seen.verdict, ...seen.reasons.map((one) => one.code)];
}

describe('a receipt', () => {
  it('is valid under a certificate that was given, and cannot be told under none', async () => {
    const token = await signReceipt(claims, key);
    expect(await verify(`${token}\n`)).toEqual(['receipt', 'valid']);
    expect(await verify(token, [])).toEqual(['receipt', 'cannot-tell', 'receipt-signer-unknown']);
    expect(await verifyReceipt(token, [other.certificatePem, key.certificatePem])).toEqual({
      ok: true,
      value: { claims, fingerprint: key.fingerprint },
    });
  });

  it('is refused when changed, signed by another under this name, or a token of another kind', async () => {
    const token = await signReceipt(claims, key);
    const [head = '', body = '', signature = ''] = token.split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims, version: 2 })).toString('base64url');
    const bad = ['receipt', 'invalid', 'receipt-bad-signature'];
    expect(await verify(`${head}.${changed}.${signature}`)).toEqual(bad);
    const forged = await signReceipt(claims, { privateKey: other.privateKey, certificate: key.certificate });
    expect(await verify(forged)).toEqual(bad);
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'motcua-receipt+jwt' })).toString(
      'base64url',
    );
    const wrongType = ['receipt', 'invalid', 'receipt-wrong-type'];
    expect(await verify(`${none}.${body}.`)).toEqual(wrongType);
    const access = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
      .sign(key.privateKey);
    expect(await verify(access)).toEqual(wrongType);
    // The certificate's public key as an HMAC secret: the classic confusion of algorithms.
    const confused = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', typ: 'motcua-receipt+jwt' })
      .sign(Buffer.from(key.certificatePem));
    expect(await verify(confused)).toEqual(wrongType);
    expect(await verifyReceipt('x'.repeat(20_001), [])).toEqual({
      ok: false,
      error: { code: 'receipt-too-long' },
    });
  });
});

describe('anything else', () => {
  it('is a dossier, a PDF with or without a signature, or nothing that is known', async () => {
    const seal = await openSeal({ folder: join(folder, 'kiosk'), clock, kioskId: 'K', kioskName: 'K' });
    const dossierId = '01K6Z00000000000000000000A';
    const { file } = await buildSpecimenDossier({ folder, dossierId, seal, clock });
    const options = { trust: [seal.certificatePem], receiptTrust: [], at: clock.now() };
    expect(await verifyAny(file, options)).toMatchObject({ format: 'asic-e', verdict: 'valid' });
    const whole = await readFile(file);
    const extra = ['asic-e', 'invalid', 'container-extra-bytes'];
    expect(await verify(Buffer.concat([Buffer.from('#!/bin/sh\n'), whole]))).toEqual(extra);
    expect(await verify(Buffer.concat([whole, Buffer.from('x')]))).toEqual(extra);
    whole[0]! ^= 1;
    expect((await verify(whole)).slice(0, 2)).toEqual(['asic-e', 'invalid']);
    expect(await verify('%PDF-1.7\n%%EOF')).toEqual(['pdf', 'cannot-tell', 'pdf-unsigned']);
    const signed = `%PDF-1.7\n${' '.repeat(1_048_560)}/ByteRange [0 1 2 3]`;
    expect(await verify(signed)).toEqual(['pdf', 'invalid', 'pdf-damaged']);
    for (const content of ['', 'hello', '<html></html>', Buffer.alloc(3_000, 0xff)])
      expect(await verify(content)).toEqual(['unknown', 'cannot-tell', 'format-unknown']);
    for (const missing of [join(folder, 'none'), folder])
      expect(await verifyAny(missing, options)).toMatchObject({ reasons: [{ code: 'file-unreadable' }] });
  });
});
