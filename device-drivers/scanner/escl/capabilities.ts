import type { ScanColour, ScannerCapabilities, ScanSource, SourceCapabilities } from '../scanner.ts';
import { child, descendants, numberIn, type XmlElement } from './xml.ts';

/** What `ScannerCapabilities` says, reduced to what the driver asks for. */
export interface EsclCapabilities {
  readonly sources: readonly EsclSource[];
}

export interface EsclSource extends SourceCapabilities {
  readonly formats: readonly string[];
}

/** Regions are counted in 1/300 inch, whatever the resolution. */
export const UNITS_PER_MM = 300 / 25.4;
const COLOURS: Readonly<Record<string, ScanColour>> = {
  RGB24: 'colour',
  RGB48: 'colour',
  Grayscale8: 'grey',
  Grayscale16: 'grey',
};
const DPI = { min: 30, max: 9_600 };
const MAX_LISTED = 200;

/** Null for XML that is no `ScannerCapabilities` or names no source. */
export function readCapabilities(root: XmlElement | undefined): EsclCapabilities | null {
  if (root?.name !== 'ScannerCapabilities') return null;
  const adf = child(root, 'Adf');
  const inputs: readonly [ScanSource, XmlElement | undefined][] = [
    ['flatbed', child(child(root, 'Platen'), 'PlatenInputCaps')],
    ['feeder', child(adf, 'AdfSimplexInputCaps')],
    ['feeder-duplex', child(adf, 'AdfDuplexInputCaps')],
  ];
  const profiles = descendants(root, 'SettingProfile');
  const sources = inputs.flatMap(([source, caps]) => (caps ? [readSource(source, caps, profiles)] : []));
  return sources.length === 0 ? null : { sources };
}

export function commonCapabilities({ sources }: EsclCapabilities): ScannerCapabilities {
  return sources.map(({ source, colours, resolutions, largest }) => ({
    source,
    colours,
    resolutions,
    largest,
  }));
}

function readSource(source: ScanSource, caps: XmlElement, allProfiles: readonly XmlElement[]): EsclSource {
  // A profile can stand elsewhere under a name, and be meant by `ref`.
  const profiles = descendants(caps, 'SettingProfile').map(
    (own) =>
      allProfiles.find((one) => own.attributes['ref'] && one.attributes['name'] === own.attributes['ref']) ??
      own,
  );
  const all = (name: string) =>
    profiles.flatMap((profile) => descendants(profile, name)).slice(0, MAX_LISTED);
  const width = numberIn(caps, 'MaxWidth');
  const height = numberIn(caps, 'MaxHeight');
  return {
    source,
    colours: unique(all('ColorMode').flatMap(({ text }) => COLOURS[text] ?? [])),
    resolutions: resolutionsOf(all('DiscreteResolution'), all('XResolutionRange')),
    largest: width && height ? { widthMm: width / UNITS_PER_MM, heightMm: height / UNITS_PER_MM } : null,
    formats: unique(
      [...all('DocumentFormatExt'), ...all('DocumentFormat')].map(({ text }) => text.toLowerCase()),
    ),
  };
}

function resolutionsOf(
  discrete: readonly XmlElement[],
  ranges: readonly XmlElement[],
): SourceCapabilities['resolutions'] {
  // Only what both directions offer: a page must not be stretched.
  const list = discrete.flatMap((one) => {
    const x = numberIn(one, 'XResolution');
    return x !== null && x === numberIn(one, 'YResolution') && x >= DPI.min && x <= DPI.max ? [x] : [];
  });
  if (list.length > 0) return unique(list);
  const [range] = ranges;
  const min = numberIn(range, 'Min');
  const max = numberIn(range, 'Max');
  return min !== null && max !== null && min <= max && max >= DPI.min && max <= DPI.max ? { min, max } : null;
}

const unique = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)];
