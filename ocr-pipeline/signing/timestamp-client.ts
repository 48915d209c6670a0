import { createHash, randomBytes } from 'node:crypto';
import { err, ok, type Result } from '@motcua/core';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';
import { digestIdentifier } from './algorithms.ts';
import { readSignature } from './cms-read.ts';
import { checkCore } from './cms-verify.ts';
import { encode, integer, octetString, readAll, readTlv, sequence, TAG } from './der.ts';
import { requestBytes } from './http-client.ts';
import { type DigestName, OID } from './oids.ts';

export type TimeStampError = {
  /** `refused`: the authority answered that it does not stamp this. `nonsense`: what came is no token over our bytes. */
  readonly code: 'tsa-unreachable' | 'tsa-refused' | 'tsa-nonsense';
};

/** Says at what time data existed, knowing only its digest. */
export interface TimeStampAuthority {
  /** The token, DER of a CMS SignedData, checked against the request and by its own signature; trust is judged later. */
  stamp(
    digest: DigestName,
    value: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Result<Uint8Array, TimeStampError>>;
}

const MAX_ANSWER_BYTES = 262_144;

/** An authority reached by RFC 3161 over HTTP (section 3.4). */
export function createTimeStampClient(options: {
  readonly url: string;
  readonly timeoutMs: number;
  readonly random?: (size: number) => Uint8Array;
}): TimeStampAuthority {
  const random = options.random ?? randomBytes;
  return {
    stamp: async (digest, value, signal) => {
      const nonce = Buffer.from(random(8));
      // Positive and without a leading zero octet, as DER wants an INTEGER.
      nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40;
      const answer = await requestBytes({
        url: options.url,
        post: { body: timeStampRequest(digest, value, nonce), contentType: 'application/timestamp-query' },
        timeoutMs: options.timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
        signal,
      });
      if (!answer.ok) return err({ code: 'tsa-unreachable' });
      return readAnswer(answer.value, digest, value, nonce);
    },
  };
}

export function timeStampRequest(digest: DigestName, value: Uint8Array, nonce: Uint8Array): Uint8Array {
  return sequence(
    integer(1),
    sequence(digestIdentifier(digest), octetString(value)),
    encode(TAG.integer, nonce),
    // certReq: without the authority's certificate nobody could verify the token later.
    encode(TAG.boolean, Buffer.from([0xff])),
  );
}

function readAnswer(
  der: Uint8Array,
  digest: DigestName,
  value: Uint8Array,
  nonce: Uint8Array,
): Result<Uint8Array, TimeStampError> {
  const [status, token] = readAll(readTlv(der)?.content ?? new Uint8Array()) ?? [];
  const granted = readTlv(status?.content ?? new Uint8Array())?.content;
  if (granted === undefined) return err({ code: 'tsa-nonsense' });
  if (granted.length !== 1 || granted[0]! > 1) return err({ code: 'tsa-refused' });
  const read = token && readSignature(token.raw, OID.tstInfo);
  if (!read?.content) return err({ code: 'tsa-nonsense' });
  const { content } = read;
  try {
    const info = new pki.TSTInfo({ schema: asn1.fromBER(content).result });
    const { hashAlgorithm, hashedMessage } = info.messageImprint;
    const ours =
      Buffer.from(hashedMessage.getValue()).equals(value) &&
      Buffer.from(digestIdentifier(digest)).includes(
        Buffer.from(new asn1.ObjectIdentifier({ value: hashAlgorithm.algorithmId }).toBER()),
      ) &&
      Buffer.from(info.nonce?.valueBlock.valueHexView ?? []).equals(nonce);
    const core = checkCore(read, (name) => createHash(name).update(content).digest(), 'named');
    return ours && core.problem === null && token !== undefined
      ? ok(token.raw)
      : err({ code: 'tsa-nonsense' });
  } catch {
    return err({ code: 'tsa-nonsense' });
  }
}
