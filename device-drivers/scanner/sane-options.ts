import { type FittedScan, paperSizes } from './fit-scan.ts';
import type {
  PaperSize,
  ScanColour,
  ScannerCapabilities,
  ScanSource,
  SourceCapabilities,
} from './scanner.ts';

/** What a device offers, read from `scanimage -A`: backends name the same thing differently. */
export interface SaneOptions {
  readonly modes: readonly string[];
  readonly sources: readonly string[];
  /** `--adf-mode Simplex|Duplex`, where duplex is no source of its own. */
  readonly adfModes: readonly string[];
  /** `--duplex[=(yes|no)]`. */
  readonly hasDuplexSwitch: boolean;
  /** Null: it has no such option. */
  readonly resolutions: SourceCapabilities['resolutions'];
  readonly largest: SourceCapabilities['largest'];
}

export function parseSaneOptions(listing: string): SaneOptions {
  const value = (option: string) =>
    new RegExp(`^ +-{1,2}${option} (.+?) \\[(?!inactive)`, 'm').exec(listing)?.[1];
  const values = (option: string) => value(option)?.split('|') ?? [];
  const end = (option: string) => Number(/\.\.([\d.]+)mm/.exec(value(option) ?? '')?.[1] ?? 0);
  const [widthMm, heightMm] = [end('x'), end('y')];
  return {
    modes: values('mode'),
    sources: values('source'),
    adfModes: values('adf-mode'),
    hasDuplexSwitch: /^ +--duplex\[=/m.test(listing),
    resolutions: resolutionsIn(value('resolution')),
    largest: widthMm > 0 && heightMm > 0 ? { widthMm, heightMm } : null,
  };
}

function resolutionsIn(text: string | undefined): SaneOptions['resolutions'] {
  if (text === undefined) return null;
  const range = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)/.exec(text);
  if (range) return { min: Number(range[1]), max: Number(range[2]) };
  return (text.match(/\d+/g) ?? []).map(Number);
}

const IS_FEEDER = /adf|feeder/i;
const IS_FLATBED = /flatbed|platen|normal|document table/i;
const IS_DUPLEX = /duplex|both|two.?sided|double/i;
const IS_COLOUR = /colou?r/i;
const IS_GREY = /gr[ae]y/i;

const ALL_SOURCES = ['flatbed', 'feeder', 'feeder-duplex'] as const;

/** The options in the terms of every scanner. Sources that are neither glass nor feeder (film) do not count. */
export function saneCapabilities(options: SaneOptions): ScannerCapabilities {
  const colours: readonly ScanColour[] = [
    ...(options.modes.some((mode) => IS_COLOUR.test(mode)) ? (['colour'] as const) : []),
    ...(options.modes.some((mode) => IS_GREY.test(mode)) ? (['grey'] as const) : []),
  ];
  const named = ALL_SOURCES.filter((source) => sourceName(source, options) !== undefined);
  const { resolutions, largest } = options;
  // With no choice of source there is no telling whether the only one is a glass or a feeder.
  return (named.length > 0 ? named : ALL_SOURCES).map((source) => ({
    source,
    colours,
    resolutions,
    largest,
  }));
}

function sourceName(source: ScanSource, options: SaneOptions): string | undefined {
  const feeders = options.sources.filter((name) => IS_FEEDER.test(name));
  switch (source) {
    case 'flatbed':
      return options.sources.find((name) => IS_FLATBED.test(name) && !IS_FEEDER.test(name));
    case 'feeder':
      // `ADF Back` shows only the backs.
      return feeders.find((name) => !IS_DUPLEX.test(name) && !/back/i.test(name));
    case 'feeder-duplex':
      return (
        feeders.find((name) => IS_DUPLEX.test(name)) ??
        (options.hasDuplexSwitch || duplexMode(options) !== undefined ? feeders[0] : undefined)
      );
  }
}

const duplexMode = (options: SaneOptions) => options.adfModes.find((mode) => IS_DUPLEX.test(mode));

/**
 * Arguments for a fitted request, in the device's own names. An option that the profile sets itself (`given`) is left
 * alone, and one that the device does not have is left out: a scanner with one source has no `--source`.
 */
export function argumentsFor(
  scan: Pick<FittedScan, 'colour' | 'source' | 'resolutionDpi'>,
  size: PaperSize | undefined,
  options: SaneOptions,
  given: readonly string[],
): string[] {
  const args: string[] = [];
  const add = (option: string, value: string | undefined) => {
    const isGiven = given.some((one) => one === option || one.startsWith(`${option}=`));
    if (value !== undefined && !isGiven) args.push(option, value);
  };
  // Source first: it decides in many backends which of the other options exist.
  add('--source', sourceName(scan.source, options));
  if (scan.source !== 'flatbed') {
    const isDuplex = scan.source === 'feeder-duplex';
    add(
      '--adf-mode',
      isDuplex ? duplexMode(options) : options.adfModes.find((mode) => !IS_DUPLEX.test(mode)),
    );
    // An optional value has to hang on its option.
    if (options.hasDuplexSwitch && !given.some((one) => one.startsWith('--duplex')))
      args.push(`--duplex=${isDuplex ? 'yes' : 'no'}`);
  }
  add('--mode', modeName(scan.colour, options));
  if (options.resolutions !== null) add('--resolution', String(scan.resolutionDpi));
  if (size && options.largest) {
    add('-x', String(Math.min(paperSizes[size].widthMm, options.largest.widthMm)));
    add('-y', String(Math.min(paperSizes[size].heightMm, options.largest.heightMm)));
  }
  return args;
}

function modeName(colour: ScanColour, { modes }: SaneOptions): string | undefined {
  const fitting = modes.filter((mode) => (colour === 'colour' ? IS_COLOUR : IS_GREY).test(mode));
  // `Color Lineart`, `Gray Halftone` are of one bit.
  return fitting.find((mode) => !/lineart|halftone|binary/i.test(mode)) ?? fitting[0];
}
