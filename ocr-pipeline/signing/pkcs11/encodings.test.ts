import { constants, generateKeyPairSync, hash, privateEncrypt, randomBytes, sign, verify } from 'node:crypto';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ecdsaToDer } from './ecdsa-der.ts';
import { encodeEmsaPss } from './emsa-pss.ts';
import { readFrames } from './frames.ts';

describe('EMSA-PSS', () => {
  it.each([
    2048, 2049, 2050, 3072,
  ])('on a raw RSA operation is what openssl verifies (%i bits)', (modulusLength) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
    for (let round = 0; round < 8; round++) {
      const message = randomBytes(100);
      // OpenSSL makes a key a bit shorter than one of an odd length.
      const bits = publicKey.asymmetricKeyDetails!.modulusLength!;
      const encoded = encodeEmsaPss(hash('sha256', message, 'buffer'), randomBytes(32), bits);
      const signature = privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encoded);
      const key = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
      expect(verify('sha256', message, key, signature)).toBe(true);
    }
  });

  it('fills up an encoded message that is one octet shorter than the modulus', () => {
    const encoded = encodeEmsaPss(randomBytes(32), randomBytes(32), 2049);
    expect([encoded.length, encoded[0], encoded.at(-1)]).toEqual([257, 0, 0xbc]);
  });

  it('refuses a key that is too short, and a digest of another length', () => {
    expect(() => encodeEmsaPss(randomBytes(32), randomBytes(32), 512)).toThrow(RangeError);
    expect(() => encodeEmsaPss(randomBytes(20), randomBytes(32), 2048)).toThrow(RangeError);
  });
});

describe('r and s of a token', () => {
  it.each([
    ['P-256', 'sha256'],
    ['P-384', 'sha384'],
    ['P-521', 'sha512'],
  ])('become the DER that openssl makes and verifies (%s)', (namedCurve, digest) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    for (let round = 0; round < 50; round++) {
      const message = randomBytes(20);
      const raw = sign(digest, message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(verify(digest, message, { key: publicKey, dsaEncoding: 'der' }, ecdsaToDer(raw)!)).toBe(true);
    }
  });

  it('small numbers lose their leading zeros, large ones stay positive', () => {
    expect(ecdsaToDer(Buffer.from('000100ff', 'hex'))!.toString('hex')).toBe('3007020101020200ff');
    expect(ecdsaToDer(Buffer.alloc(64))!.toString('hex')).toBe('3006020100020100');
    expect(ecdsaToDer(Buffer.alloc(63))).toBeUndefined();
    expect(ecdsaToDer(Buffer.alloc(0))).toBeUndefined();
  });
});

describe('frames of the token process', () => {
  it('come out whole however they are cut', () => {
    const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(fc.array(json, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (values, step) => {
        const { frames, feed } = reader();
        const bytes = Buffer.from(values.map((one) => `${JSON.stringify(one)}\n`).join(''));
        for (let at = 0; at < bytes.length; at += step) feed(bytes.subarray(at, at + step));
        expect(frames).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  it('end for good at a line that never ends or is no JSON', () => {
    const long = reader(100);
    long.feed(Buffer.alloc(101, 0x31));
    long.feed(Buffer.from('\n{}\n'));
    expect([long.frames, long.broken()]).toEqual([[], 1]);
    const nonsense = reader();
    nonsense.feed(Buffer.from('{}\nhello\n{}\n'));
    expect([nonsense.frames, nonsense.broken()]).toEqual([[{}], 1]);
  });

  function reader(maxBytes?: number) {
    const stream = new PassThrough();
    const frames: unknown[] = [];
    let broken = 0;
    readFrames(
      stream,
      (frame) => frames.push(frame),
      () => broken++,
      maxBytes,
    );
    return { frames, broken: () => broken, feed: (chunk: Buffer) => stream.emit('data', chunk) };
  }
});
