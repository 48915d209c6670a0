import { dirname, resolve } from 'node:path';
import { err, ok, type Result } from '@motcua/core';
import type { z } from 'zod';
import { readJsonFile } from '../files.ts';
import { listProfiles } from '../profiles/load-profile.ts';
import { wardName } from '../wards/wards.ts';
import { roleProfiles } from './device-schema.ts';
import { describeExample } from './example.ts';
import { SiteFile } from './site-schema.ts';

type Filled<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> };

/** The configuration of one kiosk, complete: defaults filled in, every path absolute. */
export type SiteConfig = Readonly<
  Omit<z.output<typeof SiteFile>, 'kiosk'> & {
    readonly kiosk: Filled<z.output<typeof SiteFile>['kiosk']>;
  }
>;

/** `site.json` as it was read, before anything was filled in. */
export interface SiteSource {
  readonly value: unknown;
  readonly file: string;
}

export type ConfigError = {
  readonly code:
    | 'config-missing'
    | 'config-unreadable'
    | 'config-too-large'
    | 'config-not-json'
    | 'config-duplicate-key'
    | 'config-invalid';
  readonly file: string;
  /** Each place with what was expected there and an example. */
  readonly problems: readonly string[];
  /** All of it in plain lines, for a terminal or a log. Never quotes a value of the file. */
  readonly message: string;
};

/** Reads `site.json`. Relative paths count from the file's own folder. */
export function loadSiteConfig(file: string): Result<SiteConfig, ConfigError> {
  const source = readSiteFile(file);
  return source.ok ? parseSiteConfig(source.value.value, source.value.file) : source;
}

/** `site.json` as it stands there, for `parseSiteConfig` and `withCityConfiguration`. */
export function readSiteFile(file: string): Result<SiteSource, ConfigError> {
  const absolute = resolve(file);
  const json = readJsonFile(absolute);
  if (json.ok) return ok({ value: json.value, file: absolute });
  const code = json.error.code.replace('file-', 'config-') as ConfigError['code'];
  return err(configError(code, absolute, [json.error.detail]));
}

/** The same for a value that is already in memory; `file` names it in messages and anchors relative paths. */
export function parseSiteConfig(value: unknown, file: string): Result<SiteConfig, ConfigError> {
  const parsed = SiteFile.safeParse(value);
  if (!parsed.success)
    return err(configError('config-invalid', file, parsed.error.issues.slice(0, 20).flatMap(describe)));
  const site = parsed.data;
  const problems: string[] = [];
  const ward = site.kiosk.wardName ?? wardName(site.kiosk.wardCode);
  if (!ward) problems.push(problem(['kiosk', 'wardName'], 'the name of this ward, which the list lacks'));
  site.devices.forEach((device, index) => {
    const known = listProfiles(roleProfiles[device.role]);
    if (!known.includes(device.profile))
      problems.push(problem(['devices', index, 'profile'], `one of ${known.join(', ')}`));
  });
  if (!ward || problems.length > 0) return err(configError('config-invalid', file, problems));
  const absolute = (path: string) => resolve(dirname(file), path);
  return ok({
    ...site,
    kiosk: { ...site.kiosk, wardName: ward, settlingUnit: site.kiosk.settlingUnit ?? site.kiosk.serviceUnit },
    dataFolder: absolute(site.dataFolder),
    runFolder: absolute(site.runFolder),
    city: {
      ...site.city,
      receiptCertificates: site.city.receiptCertificates.map(absolute),
      exportKey: site.city.exportKey && absolute(site.city.exportKey),
      tls: site.city.tls && {
        certificate: absolute(site.city.tls.certificate),
        key: absolute(site.city.tls.key),
        authorities: site.city.tls.authorities.map(absolute),
      },
    },
    ...(site.signing?.trustFolder !== undefined && {
      signing: { ...site.signing, trustFolder: absolute(site.signing.trustFolder) },
    }),
  });
}

function describe(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${[...issue.path, key.slice(0, 60)].join('.')}: no such setting`);
  return [problem(issue.path, issue.message)];
}

function problem(path: readonly PropertyKey[], expected: string): string {
  const plain = expected.replace(/^[A-Z][a-z ]+: expected /, '');
  return `${path.join('.') || '(the whole file)'}: expected ${plain}${describeExample(path)}`;
}

export function configError(
  code: ConfigError['code'],
  file: string,
  problems: readonly string[],
): ConfigError {
  return { code, file, problems, message: [`${file}:`, ...problems].join('\n  ') };
}
