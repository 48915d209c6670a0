/** What a client ordered, in the scanner's own words. */
export interface ScanOrder {
  readonly source: 'Platen' | 'Feeder' | 'Duplex';
  readonly colourMode: 'RGB24' | 'Grayscale8';
  readonly dpi: number;
  readonly format: string;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

export interface EsclModel {
  readonly formats: readonly string[];
  readonly sources: readonly ScanOrder['source'][];
  readonly resolutions: readonly number[];
}

/** A4 and a little more, in 1/300 inch. */
const MAX_WIDTH = 2_550;
const MAX_HEIGHT = 3_508;
const NAMESPACES =
  'xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function capabilitiesXml(model: EsclModel): string {
  const formats = model.formats
    .map((format) => `<pwg:DocumentFormat>${format}</pwg:DocumentFormat>`)
    .join('');
  const extended = model.formats
    .map((format) => `<scan:DocumentFormatExt>${format}</scan:DocumentFormatExt>`)
    .join('');
  const resolutions = model.resolutions
    .map(
      (dpi) =>
        `<scan:DiscreteResolution><scan:XResolution>${dpi}</scan:XResolution><scan:YResolution>${dpi}</scan:YResolution></scan:DiscreteResolution>`,
    )
    .join('');
  const input = `<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>${MAX_WIDTH}</scan:MaxWidth>
<scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>${MAX_HEIGHT}</scan:MaxHeight><scan:MaxScanRegions>1</scan:MaxScanRegions>
<scan:SettingProfiles><scan:SettingProfile>
<scan:ColorModes><scan:ColorMode>BlackAndWhite1</scan:ColorMode><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
<scan:DocumentFormats>${formats}${extended}</scan:DocumentFormats>
<scan:SupportedResolutions><scan:DiscreteResolutions>${resolutions}</scan:DiscreteResolutions></scan:SupportedResolutions>
</scan:SettingProfile></scan:SettingProfiles>
<scan:SupportedIntents><scan:Intent>Document</scan:Intent></scan:SupportedIntents>`;
  const has = (source: ScanOrder['source']) => model.sources.includes(source);
  const feeder = has('Feeder') || has('Duplex');
  return `${HEAD}<scan:ScannerCapabilities ${NAMESPACES}>
<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Mot Cua simulated eSCL</pwg:MakeAndModel><pwg:SerialNumber>SIM1</pwg:SerialNumber>
${has('Platen') ? `<scan:Platen><scan:PlatenInputCaps>${input}</scan:PlatenInputCaps></scan:Platen>` : ''}
${
  feeder
    ? `<scan:Adf>${has('Feeder') ? `<scan:AdfSimplexInputCaps>${input}</scan:AdfSimplexInputCaps>` : ''}
${has('Duplex') ? `<scan:AdfDuplexInputCaps>${input}</scan:AdfDuplexInputCaps>` : ''}<scan:FeederCapacity>50</scan:FeederCapacity>
<scan:AdfOptions><scan:AdfOption>DetectPaperLoaded</scan:AdfOption>${has('Duplex') ? '<scan:AdfOption>Duplex</scan:AdfOption>' : ''}</scan:AdfOptions></scan:Adf>`
    : ''
}
</scan:ScannerCapabilities>`;
}

export function statusXml(status: {
  readonly state: string;
  readonly adfState: string | null;
  readonly jobs: readonly { readonly path: string; readonly state: string; readonly pages: number }[];
}): string {
  const jobs = status.jobs.map(
    ({ path, state, pages }) =>
      `<scan:JobInfo><pwg:JobUri>${path}</pwg:JobUri><pwg:JobUuid>${path.split('/').at(-1)}</pwg:JobUuid><scan:Age>1</scan:Age><pwg:ImagesCompleted>${pages}</pwg:ImagesCompleted><pwg:ImagesToTransfer>0</pwg:ImagesToTransfer><pwg:JobState>${state}</pwg:JobState></scan:JobInfo>`,
  );
  return `${HEAD}<scan:ScannerStatus ${NAMESPACES}>
<pwg:Version>2.63</pwg:Version><pwg:State>${status.state}</pwg:State>
${status.adfState ? `<scan:AdfState>${status.adfState}</scan:AdfState>` : ''}
<scan:Jobs>${jobs.join('')}</scan:Jobs>
</scan:ScannerStatus>`;
}

/**
 * Reads `ScanSettings` with expressions of its own, not with the driver's parser. Null: what a strict scanner refuses
 * with 400, because it has no such source, mode, resolution, format or area.
 */
export function readScanSettings(xml: string, model: EsclModel): ScanOrder | null {
  if (!/^<\?xml[^>]*>\s*<scan:ScanSettings /.test(xml)) return null;
  const value = (name: string) => new RegExp(`<(?:scan|pwg):${name}>([^<]*)</`).exec(xml)?.[1] ?? '';
  const input = value('InputSource');
  const source = input === 'Feeder' && value('Duplex') === 'true' ? 'Duplex' : input;
  const dpi = Number(value('XResolution'));
  const colourMode = value('ColorMode');
  const format = value('DocumentFormatExt') || value('DocumentFormat');
  const [width, height] = [Number(value('Width')), Number(value('Height'))];
  const [x, y] = [Number(value('XOffset')), Number(value('YOffset'))];
  if (source !== 'Platen' && source !== 'Feeder' && source !== 'Duplex') return null;
  if (colourMode !== 'RGB24' && colourMode !== 'Grayscale8') return null;
  if (!model.sources.includes(source) || !model.formats.includes(format)) return null;
  if (!model.resolutions.includes(dpi) || Number(value('YResolution')) !== dpi) return null;
  if (value('ContentRegionUnits') !== 'escl:ThreeHundredthsOfInches') return null;
  if (!(width >= 16 && height >= 16 && x + width <= MAX_WIDTH && y + height <= MAX_HEIGHT)) return null;
  return {
    source,
    colourMode,
    dpi,
    format,
    widthPixels: Math.round((width * dpi) / 300),
    heightPixels: Math.round((height * dpi) / 300),
  };
}
