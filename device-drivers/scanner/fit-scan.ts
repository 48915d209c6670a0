import type {
  PaperSize,
  ScanColour,
  ScannerCapabilities,
  ScanRequest,
  ScanSource,
  SourceCapabilities,
} from './scanner.ts';

/** Width and height in mm (ISO 216, upright; ISO/IEC 7810 for the card, lying). */
export const paperSizes: Readonly<
  Record<PaperSize, { readonly widthMm: number; readonly heightMm: number }>
> = {
  a3: { widthMm: 297, heightMm: 420 },
  a4: { widthMm: 210, heightMm: 297 },
  a5: { widthMm: 148, heightMm: 210 },
  'id-1': { widthMm: 85.6, heightMm: 54 },
};

/** What a source takes the place of, nearest first. */
const INSTEAD: Readonly<Record<ScanSource, readonly ScanSource[]>> = {
  flatbed: ['flatbed', 'feeder', 'feeder-duplex'],
  feeder: ['feeder', 'feeder-duplex', 'flatbed'],
  'feeder-duplex': ['feeder-duplex', 'feeder', 'flatbed'],
};

/** A request in what one scanner really offers. */
export interface FittedScan {
  readonly source: ScanSource;
  readonly colour: ScanColour;
  readonly resolutionDpi: number;
  /** The area from the upper left corner, within what the source can see; null: all of it. */
  readonly area: { readonly widthMm: number; readonly heightMm: number } | null;
  /** One page ends the scan: the glass holds one, and who asks for the glass of a feeder-only scanner wants one. */
  readonly onePage: boolean;
}

/** Turns a request into what the scanner has: the nearest source, the next finer resolution, a colour that exists. */
export function fitScan(
  request: Pick<ScanRequest, 'source' | 'colour' | 'resolutionDpi' | 'size'>,
  capabilities: ScannerCapabilities,
): FittedScan {
  const offered = INSTEAD[request.source]
    .map((source) => capabilities.find((one) => one.source === source))
    .find((one) => one !== undefined);
  const source = offered?.source ?? request.source;
  const colours = offered?.colours ?? [];
  return {
    source,
    colour:
      colours.length === 0 || colours.includes(request.colour) ? request.colour : (colours[0] ?? 'colour'),
    resolutionDpi: nearest(request.resolutionDpi, offered?.resolutions ?? null),
    area: areaOf(request.size, offered?.largest ?? null),
    onePage: request.source === 'flatbed' || source === 'flatbed',
  };
}

/** Finer rather than coarser: text that was never scanned cannot be read. */
function nearest(wanted: number, offered: SourceCapabilities['resolutions']): number {
  if (offered === null) return wanted;
  if ('min' in offered) return Math.min(Math.max(wanted, offered.min), offered.max);
  const sorted = [...offered].sort((one, other) => one - other);
  return sorted.find((dpi) => dpi >= wanted) ?? sorted.at(-1) ?? wanted;
}

function areaOf(size: PaperSize | undefined, largest: SourceCapabilities['largest']): FittedScan['area'] {
  if (!size) return largest;
  const { widthMm, heightMm } = paperSizes[size];
  return {
    widthMm: Math.min(widthMm, largest?.widthMm ?? widthMm),
    heightMm: Math.min(heightMm, largest?.heightMm ?? heightMm),
  };
}
