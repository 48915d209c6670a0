import { err, ok, type Result } from '@motcua/core';
import {
  type ConfigError,
  configError,
  parseSiteConfig,
  type SiteConfig,
  type SiteSource,
} from './load-site-config.ts';

/**
 * What a city may set on its kiosks, and from when it holds. All the rest of `site.json` is the machine's own and stays
 * with whoever stands before it: a document from afar must not lead a kiosk to another city, key, folder or device.
 */
export const citySettings = {
  'kiosk.name': 'next-start',
  'kiosk.serviceUnit': 'next-start',
  'kiosk.settlingUnit': 'next-start',
  'visit.idleTimeoutMs': 'at-once',
  'visit.idleWarningMs': 'at-once',
  'visit.draftDays': 'at-once',
  'city.idleTimeoutMs': 'next-start',
  'city.chunkBytes': 'next-start',
  'city.retry.firstDelayMs': 'at-once',
  'city.retry.longestDelayMs': 'at-once',
  'city.bandwidth': 'at-once',
  'city.contentMinutes': 'at-once',
  'city.retentionDays': 'at-once',
  'signing.timeStampUrl': 'next-start',
  'signing.timeoutMs': 'next-start',
  'signing.budgetMs': 'next-start',
  'signing.renewDays': 'next-start',
  'officer.signatureProfile': 'next-start',
} as const satisfies Record<string, 'at-once' | 'next-start'>;
type CitySetting = keyof typeof citySettings;

/**
 * A site with the city's configuration over it: a JSON merge patch (RFC 7396) of the settings above, `null` takes one
 * back to its default. The whole is held to what `site.json` is held to, so that settings which do not go together are
 * refused too.
 */
export function withCityConfiguration(source: SiteSource, patch: unknown): Result<SiteConfig, ConfigError> {
  const where = `${source.file} with the configuration of the city`;
  if (!isObject(patch)) return err(configError('config-invalid', where, ['expected an object']));
  const { settings, others } = listSettings(patch);
  if (others.length > 0)
    return err(
      configError(
        'config-invalid',
        where,
        others.slice(0, 20).map((path) => `${path}: the city cannot set this`),
      ),
    );
  const merged = structuredClone(source.value);
  for (const [path, value] of settings) put(merged, path.split('.'), value);
  // Relative paths count from the folder of the site file.
  const parsed = parseSiteConfig(merged, source.file);
  if (!parsed.ok) return err(configError(parsed.error.code, where, parsed.error.problems));
  if (parsed.value.city.contentMinutes === 0)
    return err(
      configError('config-invalid', where, ['city.contentMinutes: expected 1 or more, or nobody asks again']),
    );
  return ok(parsed.value);
}

/** Settings that `now` has otherwise than the configuration that the service was started with, and needs a start for. */
export function settingsForNextStart(started: SiteConfig, now: SiteConfig): readonly CitySetting[] {
  return (Object.keys(citySettings) as CitySetting[]).filter(
    (path) => citySettings[path] === 'next-start' && valueAt(started, path) !== valueAt(now, path),
  );
}

function listSettings(patch: object): {
  readonly settings: readonly (readonly [CitySetting, unknown])[];
  readonly others: readonly string[];
} {
  const settings: (readonly [CitySetting, unknown])[] = [];
  const others: string[] = [];
  const known = Object.keys(citySettings);
  const walk = (part: object, before: string) => {
    for (const [key, value] of Object.entries(part)) {
      const path = `${before}${key.slice(0, 60)}`;
      if (Object.hasOwn(citySettings, path)) settings.push([path as CitySetting, value]);
      else if (isObject(value) && known.some((one) => one.startsWith(`${path}.`))) walk(value, `${path}.`);
      else others.push(path);
    }
  };
  walk(patch, '');
  return { settings, others };
}

function put(into: unknown, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (!isObject(into)) return;
  const parent = into as Record<string, unknown>;
  if (rest.length > 0) {
    if (value !== null) parent[key] ??= {};
    put(parent[key], rest, value);
  } else if (value === null) delete parent[key];
  else parent[key] = value;
}

function valueAt(site: SiteConfig, path: CitySetting): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (isObject(at) ? (at as Record<string, unknown>)[key] : undefined), site);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
