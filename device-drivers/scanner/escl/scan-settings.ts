import type { FittedScan } from '../fit-scan.ts';
import { type EsclCapabilities, UNITS_PER_MM } from './capabilities.ts';

/** Lossless first. PDF never: a page is an image until the pipeline makes its document. */
const FORMATS = ['image/png', 'image/jpeg', 'image/tiff'] as const;

/** The body of `POST ScanJobs`: version and order of the elements as sane-airscan sends them, which many models know. */
export function writeScanSettings(scan: FittedScan, capabilities: EsclCapabilities): string {
  const source = capabilities.sources.find((one) => one.source === scan.source);
  // Every eSCL scanner has JPEG.
  const format = FORMATS.find((one) => source?.formats.includes(one)) ?? 'image/jpeg';
  const area = scan.area ?? { widthMm: 210, heightMm: 297 };
  const units = (millimetres: number) => Math.round(millimetres * UNITS_PER_MM);
  return `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">
  <pwg:Version>2.0</pwg:Version>
  <pwg:ScanRegions>
    <pwg:ScanRegion>
      <pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
      <pwg:XOffset>0</pwg:XOffset>
      <pwg:YOffset>0</pwg:YOffset>
      <pwg:Width>${units(area.widthMm)}</pwg:Width>
      <pwg:Height>${units(area.heightMm)}</pwg:Height>
    </pwg:ScanRegion>
  </pwg:ScanRegions>
  <pwg:InputSource>${scan.source === 'flatbed' ? 'Platen' : 'Feeder'}</pwg:InputSource>
  <scan:ColorMode>${scan.colour === 'colour' ? 'RGB24' : 'Grayscale8'}</scan:ColorMode>
  <pwg:DocumentFormat>${format}</pwg:DocumentFormat>
  <scan:DocumentFormatExt>${format}</scan:DocumentFormatExt>
  <scan:XResolution>${scan.resolutionDpi}</scan:XResolution>
  <scan:YResolution>${scan.resolutionDpi}</scan:YResolution>
${scan.source === 'flatbed' ? '' : `  <scan:Duplex>${scan.source === 'feeder-duplex'}</scan:Duplex>\n`}</scan:ScanSettings>
`;
}
