/**
 * How sure it is who stands there, weakest first. `typed`: somebody entered a number. `qr`: the code on the card, which
 * is not signed. `chip`: the chip's data, whole as they were signed, by a signer that is not known here. `chip-proved`: by the
 * issuer, and the chip is the one they were issued with.
 */
export const identityLevels = ['typed', 'qr', 'chip', 'chip-proved'] as const;
export type IdentityLevel = (typeof identityLevels)[number];

export function reachesLevel(level: IdentityLevel | null, wanted: IdentityLevel): boolean {
  return level !== null && identityLevels.indexOf(level) >= identityLevels.indexOf(wanted);
}
