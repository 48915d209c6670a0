import { unwrap } from '@motcua/core';
import { describe, expect, it } from 'vitest';
import example from '../site.example.json' with { type: 'json' };
import { citySettings, settingsForNextStart, withCityConfiguration } from './city-configuration.ts';
import { parseSiteConfig } from './load-site-config.ts';

const source = { value: example, file: '/etc/motcua/site.json' };
const own = unwrap(parseSiteConfig(source.value, source.file));
function problemsOf(patch: unknown): string {
  const site = withCityConfiguration(source, patch);
  if (site.ok) throw new Error('accepted');
  return site.error.problems.join('\n');
}

describe('the configuration of the city', () => {
  it('changes what it names and nothing else; null takes a setting back to its default', () => {
    expect(unwrap(withCityConfiguration(source, {}))).toEqual(own);
    const site = unwrap(
      withCityConfiguration(source, {
        visit: { idleTimeoutMs: 300_000, draftDays: null },
        city: { bandwidth: { kilobytesPerSecond: 64 }, retry: { longestDelayMs: 60_000 } },
      }),
    );
    expect(site).toEqual({
      ...own,
      visit: { ...own.visit, idleTimeoutMs: 300_000, draftDays: 7 },
      city: {
        ...own.city,
        bandwidth: { kilobytesPerSecond: 64, nightFrom: '19:00', nightTo: '06:00' },
        retry: { firstDelayMs: 2_000, longestDelayMs: 60_000 },
      },
    });
    expect(source.value).toEqual(example);
  });

  it.each([
    [{ city: { baseUrl: 'https://other.example' } }, 'city.baseUrl: the city cannot set this'],
    [{ city: { receiptCertificates: ['/tmp/x.pem'] } }, 'city.receiptCertificates'],
    [{ city: { tls: { key: '/tmp/k' } } }, 'city.tls'],
    [{ kiosk: { id: 'another' } }, 'kiosk.id'],
    [{ dataFolder: '/tmp' }, 'dataFolder'],
    [{ devices: [] }, 'devices'],
    [{ profile: 'demo' }, 'profile'],
    [{ visit: 7 }, 'visit: the city cannot set this'],
    [JSON.parse('{"__proto__": {"x": 1}}'), '__proto__'],
    [{ 'visit.idleTimeoutMs.x': 1 }, 'visit.idleTimeoutMs.x'],
    [{ visit: { idleTimeoutMs: '3 minutes' } }, 'visit.idleTimeoutMs: expected number'],
    // Together with what the site has.
    [{ visit: { idleWarningMs: 200_000 } }, 'visit.idleWarningMs: expected shorter than idleTimeoutMs'],
    [{ officer: { signatureProfile: 'tt02' } }, 'officer.sealImage'],
    [{ city: { contentMinutes: 0 } }, 'city.contentMinutes'],
    [[], 'expected an object'],
    [null, 'expected an object'],
  ])('%j is refused whole', (patch, problem) => expect(problemsOf(patch)).toContain(problem));

  it('says which settings wait for the next start', () => {
    const site = unwrap(
      withCityConfiguration(source, {
        kiosk: { name: 'Kiosk cửa chính' },
        visit: { draftDays: 3 },
        signing: { timeoutMs: 4_000 },
      }),
    );
    expect(settingsForNextStart(own, site)).toEqual(['kiosk.name', 'signing.timeoutMs']);
    expect(settingsForNextStart(site, site)).toEqual([]);
  });

  it('names only settings that a site can have', () => {
    const patch = { city: { bandwidth: { kilobytesPerSecond: 8 } } };
    const full = unwrap(withCityConfiguration(source, patch));
    for (const path of Object.keys(citySettings))
      expect(
        path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], full),
        path,
      ).toBeDefined();
  });
});
