import { createHash, randomBytes } from 'node:crypto';
import { unwrap } from '@motcua/core';
import { expect, it } from 'vitest';
import { digestOf } from './algorithms.ts';
import { signCms } from './cms-sign.ts';
import { NO_EVIDENCE } from './revocation.ts';
import { verifySignature } from './signature-verify.ts';
import type { SigningKey } from './signing-key.ts';

/** What every key must do, in memory, in a token or in an HSM. Called inside a `describe`. */
export function signingKeyConformance(open: () => Promise<SigningKey>): void {
  const sign = async (key: SigningKey, content: Uint8Array) =>
    unwrap(
      await signCms({
        contentDigest: createHash(digestOf(key.algorithm)).update(content).digest(),
        key,
        signingTime: new Date(),
      }),
    );
  const verify = (key: SigningKey, der: Uint8Array, content: Uint8Array) =>
    verifySignature(
      der,
      (name) => createHash(name).update(content).digest(),
      { anchors: [key.chain[0]], at: new Date(), evidence: NO_EVIDENCE },
      { profile: 'cades' },
    ).problems.filter(({ weight }) => weight !== 'warning');

  it('makes signatures that hold under its certificate', async () => {
    const key = await open();
    const content = randomBytes(1_000);
    expect(verify(key, await sign(key, content), content)).toEqual([]);
  });

  it('signs many things at the same time, each with its own signature', async () => {
    const key = await open();
    const contents = Array.from({ length: 8 }, () => randomBytes(100));
    const signatures = await Promise.all(contents.map((content) => sign(key, content)));
    for (const [index, content] of contents.entries()) {
      expect(verify(key, signatures[index]!, content)).toEqual([]);
      expect(verify(key, signatures[index]!, contents[(index + 1) % 8]!)).not.toEqual([]);
    }
  });
}
