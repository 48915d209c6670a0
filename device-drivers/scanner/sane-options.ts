import type { ScanRequest } from './scanner.ts';

/** What a device offers, read from `scanimage -A`: backends name the same thing differently. */
export interface SaneOptions {
  readonly modes: readonly string[];
  readonly sources: readonly string[];
  readonly hasResolution: boolean;
}

export function parseSaneOptions(listing: string): SaneOptions {
  const values = (option: string) =>
    new RegExp(`^ +--${option} (.+?) \\[`, 'm').exec(listing)?.[1]?.split('|') ?? [];
  return {
    modes: values('mode'),
    sources: values('source'),
    hasResolution: /^ +--resolution /m.test(listing),
  };
}

/**
 * Arguments for a request, of what the device offers. An option that the profile sets itself (`given`) is left alone,
 * and one that the device does not have is left out: a scanner with one source has no `--source`.
 */
export function argumentsFor(
  request: Pick<ScanRequest, 'colour' | 'source' | 'resolutionDpi'>,
  options: SaneOptions,
  given: readonly string[],
): string[] {
  const isGiven = (option: string) => given.some((one) => one === option || one.startsWith(`${option}=`));
  const mode = options.modes.find((name) =>
    (request.colour === 'colour' ? /colou?r/i : /gr[ae]y/i).test(name),
  );
  // A plain feeder before a duplex one: backs of papers are asked for by the profile.
  const source = options.sources
    .filter((name) => (request.source === 'feeder' ? /adf|feeder/i : /flatbed|platen|normal/i).test(name))
    .sort((one, other) => Number(/duplex|back/i.test(one)) - Number(/duplex|back/i.test(other)))[0];
  const args: string[] = [];
  // Source first: it decides in many backends which of the other options exist.
  if (source && !isGiven('--source')) args.push('--source', source);
  if (mode && !isGiven('--mode')) args.push('--mode', mode);
  if (options.hasResolution && !isGiven('--resolution'))
    args.push('--resolution', String(request.resolutionDpi));
  return args;
}
