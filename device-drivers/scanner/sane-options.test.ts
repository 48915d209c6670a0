import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitScan } from './fit-scan.ts';
import { argumentsFor, parseSaneOptions, saneCapabilities } from './sane-options.ts';
import type { ScanRequest } from './scanner.ts';

const listingOf = (...lines: readonly string[]) =>
  ['All options specific to device `x:1`:', ...lines.map((line) => `    ${line}`)].join('\n');

/** What `scanimage` is told by a request to the device of that listing. */
function argumentsOf(listing: string, request: Partial<ScanRequest>, given: readonly string[] = []) {
  const options = parseSaneOptions(listing);
  const whole = { colour: 'colour', source: 'feeder', resolutionDpi: 300, ...request } as const;
  return argumentsFor(fitScan(whole, saneCapabilities(options)), request.size, options, given).join(' ');
}

/** Sources as SANE's backends name them: fujitsu, canon_dr, epsonds, hpaio, airscan, pixma, avision, brother4. */
const SOURCES: readonly (readonly [string, string, string, string])[] = [
  ['ADF Front|ADF Back|ADF Duplex', 'ADF Front', 'ADF Front', 'ADF Duplex'],
  ['Flatbed|ADF Front|ADF Duplex', 'Flatbed', 'ADF Front', 'ADF Duplex'],
  ['Flatbed|ADF|ADF Duplex', 'Flatbed', 'ADF', 'ADF Duplex'],
  ['Flatbed|ADF|Duplex ADF|Transparency Unit', 'Flatbed', 'ADF', 'Duplex ADF'],
  ['Normal|ADF Front|ADF Back|ADF Duplex', 'Normal', 'ADF Front', 'ADF Duplex'],
  ['Flatbed|Automatic Document Feeder', 'Flatbed', 'Automatic Document Feeder', 'Automatic Document Feeder'],
  [
    'FlatBed|Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex)',
    'FlatBed',
    'Automatic Document Feeder(left aligned)',
    'Automatic Document Feeder(left aligned,Duplex)',
  ],
  ['ADF Duplex', 'ADF Duplex', 'ADF Duplex', 'ADF Duplex'],
  ['Flatbed', 'Flatbed', 'Flatbed', 'Flatbed'],
];

describe('the options of a device', () => {
  test.each(
    SOURCES,
  )('%s: the glass is %s, the feeder %s, with backs %s', (sources, glass, feeder, duplex) => {
    const listing = listingOf(`--source ${sources} [Flatbed]`);
    expect(argumentsOf(listing, { source: 'flatbed' })).toBe(`--source ${glass}`);
    expect(argumentsOf(listing, { source: 'feeder' })).toBe(`--source ${feeder}`);
    expect(argumentsOf(listing, { source: 'feeder-duplex' })).toBe(`--source ${duplex}`);
  });

  test('one page ends a scan where only the glass is left for a pile', () => {
    const capabilities = saneCapabilities(parseSaneOptions(listingOf('--source Flatbed [Flatbed]')));
    const request = { source: 'feeder-duplex', colour: 'colour', resolutionDpi: 300 } as const;
    expect(fitScan(request, capabilities)).toMatchObject({ source: 'flatbed', onePage: true });
  });

  test('backs are switched on beside the source where they are no source', () => {
    const mode = listingOf(
      '--source Flatbed|Automatic Document Feeder [Flatbed]',
      '--adf-mode Simplex|Duplex [Simplex]',
    );
    const feeder = '--source Automatic Document Feeder';
    expect(argumentsOf(mode, { source: 'feeder-duplex' })).toBe(`${feeder} --adf-mode Duplex`);
    expect(argumentsOf(mode, { source: 'feeder' })).toBe(`${feeder} --adf-mode Simplex`);
    expect(argumentsOf(mode, { source: 'flatbed' })).toBe('--source Flatbed');
    const own = listingOf('--source ADF|Flatbed [ADF]', '--duplex[=(yes|no)] [no]');
    expect(argumentsOf(own, { source: 'feeder-duplex' })).toBe('--source ADF --duplex=yes');
    expect(argumentsOf(own, { source: 'feeder' })).toBe('--source ADF --duplex=no');
  });

  test('colour, resolution and size are asked for as the device has them', () => {
    const listing = listingOf(
      '--mode Lineart|Color Lineart|Gray|24bit Color [Gray]',
      '--resolution 75|150|240|600dpi [75]',
      '-x 0..215.9mm (in steps of 0.1) [215.9]',
      '-y 0..297mm [297]',
    );
    expect(argumentsOf(listing, { size: 'a5' })).toBe('--mode 24bit Color --resolution 600 -x 148 -y 210');
    expect(argumentsOf(listing, { resolutionDpi: 2_400, colour: 'grey', size: 'a3' })).toBe(
      '--mode Gray --resolution 600 -x 215.9 -y 297',
    );
    const range = listingOf('--resolution 50..600dpi (in steps of 1) [300]');
    expect(argumentsOf(range, { resolutionDpi: 203 })).toBe('--resolution 203');
    expect(argumentsOf(range, { resolutionDpi: 1_200 })).toBe('--resolution 600');
  });

  test('are left to the profile where it sets them, and left out where the device has none', () => {
    const listing = listingOf(
      '--mode Gray|Color [Gray]',
      '--resolution 75|300dpi [75]',
      '--source ADF [ADF]',
    );
    const given = ['--source=ADF Duplex', '--resolution', '200'];
    expect(argumentsOf(listing, {}, given)).toBe('--mode Color');
    expect(argumentsOf('no options', {})).toBe('');
  });

  test('any listing is read without throwing, and what it yields is a number', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '    --resolution ..dpi [1]',
        '    --resolution auto||9x [1]',
        '    -x 0..mm [inactive]',
      ),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const [dpi] = argumentsOf(lines.join('\n'), {}).match(/(?<=--resolution )\S+/) ?? ['300'];
        expect(Number(dpi)).toBeGreaterThan(0);
      }),
    );
  });
});
