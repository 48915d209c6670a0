import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capabilitiesXml, statusXml } from '../../simulators/scanner/escl-documents.ts';
import { readCapabilities } from './capabilities.ts';
import { hindrance, pathOf, readStatus } from './status.ts';
import { MAX_XML_BYTES, parseXml } from './xml.ts';

const xml = (text: string) => parseXml(Buffer.from(text));
const NAMESPACES = 'xmlns:scan="s" xmlns:pwg="p"';

describe('XML of a scanner', () => {
  test.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an entity that nobody has declared', '<a>&b;</a>'],
    ['an end that is missing', '<a><b></b>'],
    ['too many levels', '<a>'.repeat(33) + '</a>'.repeat(33)],
    ['too many elements', `<a>${'<b/>'.repeat(20_000)}</a>`],
    ['more bytes than any answer has', `<a>${' '.repeat(MAX_XML_BYTES)}</a>`],
    ['nothing', ''],
  ])('with %s is none', (_, text) => {
    expect(xml(text)).toBeUndefined();
  });

  test('any bytes, and any document with a piece changed, are answered without throwing', () => {
    const documents = [
      capabilitiesXml({ formats: ['image/jpeg'], sources: ['Platen', 'Feeder'], resolutions: [300] }),
      statusXml({
        state: 'Idle',
        adfState: 'ScannerAdfLoaded',
        jobs: [{ path: '/j/1', state: 'X', pages: 1 }],
      }),
    ];
    const changed = fc
      .tuple(
        fc.constantFrom(...documents),
        fc.nat(),
        fc.nat(40),
        fc.string({ unit: 'binary', maxLength: 12 }),
      )
      .map(([text, at, length, piece]) => {
        const start = at % text.length;
        return Buffer.from(text.slice(0, start) + piece + text.slice(start + length));
      });
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array()), (bytes) => {
        const root = parseXml(bytes);
        for (const { resolutions, largest } of readCapabilities(root)?.sources ?? []) {
          const list = resolutions === null ? [] : 'min' in resolutions ? [resolutions.max] : resolutions;
          for (const dpi of list) expect(dpi).toBeGreaterThanOrEqual(30);
          expect(largest?.widthMm ?? 1).toBeGreaterThan(0);
        }
        for (const job of readStatus(root)?.jobs ?? []) expect(typeof job.path).toBe('string');
      }),
      { numRuns: 400 },
    );
  });
});

describe('capabilities', () => {
  test('with a range of resolutions, profiles by reference and other prefixes are understood', () => {
    const root = xml(`<s:ScannerCapabilities xmlns:s="s" xmlns:p="p">
      <s:SettingProfiles><s:SettingProfile name="p1"><s:ColorModes><s:ColorMode>Grayscale8</s:ColorMode></s:ColorModes>
        <s:DocumentFormats><p:DocumentFormat>image/jpeg</p:DocumentFormat></s:DocumentFormats>
        <s:SupportedResolutions><s:ResolutionRange>
          <s:XResolutionRange><s:Min>75</s:Min><s:Max>1200</s:Max><s:Step>1</s:Step></s:XResolutionRange>
        </s:ResolutionRange></s:SupportedResolutions></s:SettingProfile></s:SettingProfiles>
      <s:Platen><s:PlatenInputCaps><s:MaxWidth>2480</s:MaxWidth><s:MaxHeight>3508</s:MaxHeight>
        <s:SettingProfiles><s:SettingProfile ref="p1"/></s:SettingProfiles></s:PlatenInputCaps></s:Platen>
    </s:ScannerCapabilities>`);
    const [source] = readCapabilities(root)?.sources ?? [];
    expect(source).toMatchObject({
      source: 'flatbed',
      colours: ['grey'],
      resolutions: { min: 75, max: 1_200 },
      formats: ['image/jpeg'],
    });
    expect(source?.largest?.widthMm).toBeCloseTo(210, 0);
  });

  test('that name no source, or are of something else, are none', () => {
    expect(readCapabilities(xml('<ScannerCapabilities/>'))).toBeNull();
    expect(readCapabilities(xml('<html><Platen><PlatenInputCaps/></Platen></html>'))).toBeNull();
  });
});

describe('a status', () => {
  const statusOf = (inside: string) =>
    readStatus(xml(`<scan:ScannerStatus ${NAMESPACES}>${inside}</scan:ScannerStatus>`));

  test('of a feeder in trouble does not hinder the glass, unless the scanner stopped', () => {
    const jam = (state: string) =>
      statusOf(`<pwg:State>${state}</pwg:State><scan:AdfState>ScannerAdfJam</scan:AdfState>`)!;
    expect(hindrance(jam('Idle'), 'feeder')).toBe('scanner-jam');
    expect(hindrance(jam('Idle'), 'flatbed')).toBeNull();
    expect(hindrance(jam('Stopped'), 'flatbed')).toBe('scanner-jam');
    expect(hindrance(statusOf('<pwg:State>Down</pwg:State>')!, 'flatbed')).toBe('scanner-io');
  });

  test('without a state of the standard is none', () => {
    expect(statusOf('<pwg:State>Sleepy</pwg:State>')).toBeNull();
  });

  test.each([
    ['http://printer.local:8080/eSCL/ScanJobs/7', '/eSCL/ScanJobs/7'],
    ['/eSCL/ScanJobs/7/', '/eSCL/ScanJobs/7'],
    ['//elsewhere/eSCL/ScanJobs/7', '/eSCL/ScanJobs/7'],
    ['http://[', ''],
  ])('knows a job by the path of %s', (address, path) => {
    expect(pathOf(address)).toBe(path);
  });
});
