import type { ScannerProfile, ScanSettings } from './profile-schema.ts';

/**
 * What the scanner's one big button does for a paper of which one of these kinds is expected: the preset of the first
 * kind that has one, else the profile's own settings.
 */
export function scanSettingsFor(profile: ScannerProfile, kinds: readonly string[]): ScanSettings {
  const preset = kinds
    .map((kind) => profile.presets.find((one) => one.kinds.includes(kind)))
    .find((one) => one !== undefined);
  return {
    resolutionDpi: preset?.resolutionDpi ?? profile.resolutionDpi,
    colour: preset?.colour ?? profile.colour,
    feed: preset?.feed ?? profile.feed,
    size: preset?.size ?? profile.size,
  };
}
