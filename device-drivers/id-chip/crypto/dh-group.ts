import { err, ok } from '@motcua/core';
import { fromInteger, toInteger } from '../bytes.ts';
import { readTlv, readTlvs } from '../tlv.ts';
import { type AgreementGroup, drawBelow } from './agreement-group.ts';
import { power } from './modular.ts';

/** The groups with a subgroup of prime order of RFC 5114, 2.1 to 2.3 (hexadecimal; as in OpenSSL). */
const domains = {
  'rfc5114-1024-160': {
    p: 'B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E2EE652C013ECB4AEA906112324975C3CD49B83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371',
    g: 'A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F5504F213160217B4B01B886A5E91547F9E2749F4D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28AD662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5',
    q: 'F518AA8781A8DF278ABA4E7D64B7CB9D49462353',
  },
  'rfc5114-2048-224': {
    p: 'AD107E1E9123A9D0D660FAA79559C51FA20D64E5683B9FD1B54B1597B61D0A75E6FA141DF95A56DBAF9A3C407BA1DF15EB3D688A309C180E1DE6B85A1274A0A66D3F8152AD6AC2129037C9EDEFDA4DF8D91E8FEF55B7394B7AD5B7D0B6C12207C9F98D11ED34DBF6C6BA0B2C8BBC27BE6A00E0A0B9C49708B3BF8A317091883681286130BC8985DB1602E714415D9330278273C7DE31EFDC7310F7121FD5A07415987D9ADC0A486DCDF93ACC44328387315D75E198C641A480CD86A1B9E587E8BE60E69CC928B2B9C52172E413042E9B23F10B0E16E79763C9B53DCF4BA80A29E3FB73C16B8E75B97EF363E2FFA31F71CF9DE5384E71B81C0AC4DFFE0C10E64F',
    g: 'AC4032EF4F2D9AE39DF30B5C8FFDAC506CDEBE7B89998CAF74866A08CFE4FFE3A6824A4E10B9A6F0DD921F01A70C4AFAAB739D7700C29F52C57DB17C620A8652BE5E9001A8D66AD7C17669101999024AF4D027275AC1348BB8A762D0521BC98AE247150422EA1ED409939D54DA7460CDB5F6C6B250717CBEF180EB34118E98D119529A45D6F834566E3025E316A330EFBB77A86F0C1AB15B051AE3D428C8F8ACB70A8137150B8EEB10E183EDD19963DDD9E263E4770589EF6AA21E7F5F2FF381B539CCE3409D13CD566AFBB48D6C019181E1BCFE94B30269EDFE72FE9B6AA4BD7B5A0F1C71CFFF4C19C418E1F6EC017981BC087F2A7065B384B890D3191F2BFA',
    q: '801C0D34C58D93FE997177101F80535A4738CEBCBF389A99B36371EB',
  },
  'rfc5114-2048-256': {
    p: '87A8E61DB4B6663CFFBBD19C651959998CEEF608660DD0F25D2CEED4435E3B00E00DF8F1D61957D4FAF7DF4561B2AA3016C3D91134096FAA3BF4296D830E9A7C209E0C6497517ABD5A8A9D306BCF67ED91F9E6725B4758C022E0B1EF4275BF7B6C5BFC11D45F9088B941F54EB1E59BB8BC39A0BF12307F5C4FDB70C581B23F76B63ACAE1CAA6B7902D52526735488A0EF13C6D9A51BFA4AB3AD8347796524D8EF6A167B5A41825D967E144E5140564251CCACB83E6B486F6B3CA3F7971506026C0B857F689962856DED4010ABD0BE621C3A3960A54E710C375F26375D7014103A4B54330C198AF126116D2276E11715F693877FAD7EF09CADB094AE91E1A1597',
    g: '3FB32C9B73134D0B2E77506660EDBD484CA7B18F21EF205407F4793A1A0BA12510DBC15077BE463FFF4FED4AAC0BB555BE3A6C1B0C6B47B1BC3773BF7E8C6F62901228F8C28CBB18A55AE31341000A650196F931C77A57F2DDF463E5E9EC144B777DE62AAAB8A8628AC376D282D6ED3864E67982428EBC831D14348F6F2F9193B5045AF2767164E1DFC967C1FB3F2E55A4BD1BFFE83B9C80D052B985D182EA0ADB2A3B7313D3FE14C8484B1E052588B9B7D2BBD2DF016199ECD06E1557CD0915B3353BBB64E0EC377FD028370DF92B52C7891428CDC67EB6184B523D1DB246C32F63078490F00EF8D647D148D47954515E2327CFEF98C582664B4C0F6CC41659',
    q: '8CF83642A709A097B447997640129DA299B1A47D1EB3750BA308B0FE64F5FBD3',
  },
} as const;

export type DhGroupName = keyof typeof domains;

/** The group of a PACE parameter id. */
export function dhGroup(name: DhGroupName): AgreementGroup {
  const [p, g, q] = [domains[name].p, domains[name].g, domains[name].q].map((digits) =>
    BigInt(`0x${digits}`),
  );
  return classicGroup(name, p!, g!, q);
}

const MIN_BITS = 1_024;
const MAX_BITS = 4_096;

/**
 * The group of a chip's key in DG14: DHParameter of PKCS #3 (p, g) or DomainParameters of X9.42 (p, g, q). Undefined
 * when its numbers are out of reason.
 */
export function dhGroupOfKey(parameters: Uint8Array, withOrder: boolean): AgreementGroup | undefined {
  const outer = readTlv(parameters);
  const level = outer.ok ? readTlvs(outer.value.value, { maxSiblings: 6 }) : undefined;
  const numbers = level?.ok ? level.value.filter(({ tag }) => tag === 0x02) : [];
  if (numbers.slice(0, 3).some(({ value }) => value.length > MAX_BITS / 8 + 1)) return undefined;
  const [p = 0n, g = 0n, q] = numbers.slice(0, 3).map(({ value }) => toInteger(value));
  const bits = p.toString(2).length;
  if (bits < MIN_BITS || bits > MAX_BITS || p % 2n === 0n || g < 2n || g >= p) return undefined;
  const order = withOrder && q !== undefined && q > 1n << 150n && q < p ? q : undefined;
  return classicGroup('of-the-chip', p, g, order);
}

/** Bits of a private key where the order is not known. */
const KEY_BITS = 256n;

/**
 * Classic Diffie-Hellman. The keys are drawn anew for each card, so that the running time of `power`, which depends
 * on them, tells nothing of the next one.
 */
function classicGroup(name: string, p: bigint, g: bigint, q: bigint | undefined): AgreementGroup {
  const length = fromInteger(p).length;
  const order = q ?? 1n << KEY_BITS;
  /** Undefined unless in the subgroup of order q, and not neutral. */
  const element = (bytes: Uint8Array): bigint | undefined => {
    if (bytes.length > length) return undefined;
    const value = toInteger(bytes);
    const inRange = value > 1n && value < p - 1n;
    return inRange && (q === undefined || power(value, q, p) === 1n) ? value : undefined;
  };
  return {
    kind: 'dh',
    name,
    bits: p.toString(2).length,
    drawPrivateKey: (random) => fromInteger(drawBelow(order, random), fromInteger(order).length),
    publicKey: (privateKey, generator) =>
      fromInteger(power(generator ? toInteger(generator) : g, toInteger(privateKey), p)),
    sharedSecret: (privateKey, other) => {
      const base = element(other);
      if (base === undefined) return err({ code: 'group-bad-public-key' });
      return ok(fromInteger(power(base, toInteger(privateKey), p), length));
    },
    mapGenerator: (nonce, privateKey, other) => {
      const base = element(other);
      if (base === undefined) return err({ code: 'group-bad-public-key' });
      const mapped = (power(g, toInteger(nonce), p) * power(base, toInteger(privateKey), p)) % p;
      return mapped === 1n ? err({ code: 'group-bad-public-key' }) : ok(fromInteger(mapped));
    },
    mapPseudoRandom: (bytes) => {
      const mapped = q === undefined ? 1n : power(toInteger(bytes) % p, (p - 1n) / q, p);
      return mapped <= 1n ? err({ code: 'group-bad-public-key' }) : ok(fromInteger(mapped));
    },
  };
}
