import { expect, test } from 'vitest';
import { loadProfile } from './load-profile.ts';
import { ScannerProfile } from './profile-schema.ts';
import { scanSettingsFor } from './scan-settings.ts';

const profile = ScannerProfile.parse({
  name: 'x',
  source: 'x',
  resolutionDpi: 300,
  colour: 'colour',
  feed: 'feeder',
  pageTimeoutMs: 60_000,
  scanimageArguments: [],
  presets: [
    { kinds: ['diploma', 'birth-certificate'], feed: 'flatbed', size: 'a3' },
    { kinds: ['contract'], feed: 'feeder-duplex', colour: 'grey', resolutionDpi: 200 },
  ],
});

test('a kind of paper is scanned by its preset, and where that says nothing, as all others', () => {
  const own = { resolutionDpi: 300, colour: 'colour', feed: 'feeder' };
  expect(scanSettingsFor(profile, [])).toEqual(own);
  expect(scanSettingsFor(profile, ['transcript'])).toEqual(own);
  expect(scanSettingsFor(profile, ['diploma'])).toEqual({ ...own, feed: 'flatbed', size: 'a3' });
  const contract = { resolutionDpi: 200, colour: 'grey', feed: 'feeder-duplex' };
  expect(scanSettingsFor(profile, ['transcript', 'contract', 'diploma'])).toEqual(contract);
});

test('a kind of paper in two presets is refused', () => {
  const [first] = profile.presets;
  expect(ScannerProfile.safeParse({ ...profile, presets: [first, first] }).success).toBe(false);
});

test('a scanner with glass and feeder takes a certificate from the glass and a form with its back', () => {
  const loaded = loadProfile('scanners', 'escl-multifunction');
  const feedOf = (kind: 'birth-certificate' | 'residence-form' | 'unknown') =>
    loaded.ok && scanSettingsFor(loaded.value, [kind]).feed;
  expect(feedOf('birth-certificate')).toBe('flatbed');
  expect(feedOf('residence-form')).toBe('feeder-duplex');
  expect(feedOf('unknown')).toBe('feeder');
});
