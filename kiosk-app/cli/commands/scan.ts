import { resolve } from 'node:path';
import { problem } from '@motcua/contract';
import { systemClock, systemIds } from '@motcua/core';
import {
  type DocumentScanner,
  openDocumentScanner,
  parseDeviceUri,
  readCertificate,
  type ScannerError,
  type SourceCapabilities,
} from '@motcua/device-drivers';
import { loadProfile } from '@motcua/firmware-config';
import type { Command } from 'commander';
import { claimOrSay } from '../claim-device.ts';
import { exitStatus, finish, standardOutput as output, sayProblem } from '../output.ts';
import { makeUsableFolder } from '../usable-folder.ts';

const SOURCES = ['flatbed', 'feeder', 'feeder-duplex'] as const;
const COLOURS = ['colour', 'grey'] as const;
const SIZES = ['a3', 'a4', 'a5', 'id-1'] as const;

interface ScanOptions {
  readonly device: string;
  readonly output: string;
  readonly resolution: string;
  readonly source: string;
  readonly colour: string;
  readonly size?: string;
  readonly capabilities?: boolean;
  readonly json?: boolean;
}

export function addScan(program: Command): void {
  program
    .command('scan')
    .description('Scans pages into a folder, without the kiosk')
    .requiredOption(
      '--device <uri>',
      'sane:DEVICE, escl:http[s]://HOST[:PORT][/eSCL][#sha256=…], camera:NAME or folder:/PATH',
    )
    .option('-o, --output <folder>', 'where the pages go', '.')
    .option('--resolution <dpi>', 'dots per inch; the next finer that the scanner has', '300')
    .option('--source <source>', `${SOURCES.join(', ')}; the nearest that the scanner has`, 'flatbed')
    .option('--colour <colour>', COLOURS.join(' or '), 'colour')
    .option('--size <size>', `${SIZES.join(', ')}; default: all that the scanner sees`)
    .option('--capabilities', 'say what the scanner has, and scan nothing')
    .option('--json', 'print JSON')
    .action(async (options: ScanOptions) => {
      const settings = settingsOf(options);
      const address = parseDeviceUri(options.device, ['sane', 'escl', 'camera', 'folder']);
      if (!settings || !address.ok) {
        const fault = address.ok
          ? 'see "motcua scan --help" for what the options may be'
          : address.error.message;
        output.fault(`motcua scan: ${fault}`);
        return finish(exitStatus.usage);
      }
      const release = await claimOrSay(options.device);
      if (!release) return finish(exitStatus.no);
      // SANE's own test scanner draws a pattern only when it is told to.
      const profile = options.device.startsWith('sane:test:') ? loadProfile('scanners', 'sane-test') : null;
      const scanner = openDocumentScanner(options.device, profile?.ok ? { profile: profile.value } : {});
      const well = await (options.capabilities
        ? sayCapabilities(scanner, options)
        : scanPages(scanner, settings, options));
      await scanner.close();
      await release();
      finish(well ? exitStatus.ok : exitStatus.no);
    });
}

type Settings = NonNullable<ReturnType<typeof settingsOf>>;

/** Undefined when one of the options is none of its possible values. */
function settingsOf(options: ScanOptions) {
  const resolutionDpi = Number(options.resolution);
  const source = SOURCES.find((one) => one === options.source);
  const colour = COLOURS.find((one) => one === options.colour);
  const size = SIZES.find((one) => one === options.size);
  const isResolution = Number.isInteger(resolutionDpi) && resolutionDpi >= 75 && resolutionDpi <= 1_200;
  if (!isResolution || !source || !colour || (options.size !== undefined && !size)) return undefined;
  return { resolutionDpi, source, colour, ...(size ? { size } : {}) };
}

async function scanPages(
  scanner: DocumentScanner,
  settings: Settings,
  options: ScanOptions,
): Promise<boolean> {
  const folder = resolve(options.output);
  const trouble = await makeUsableFolder(folder, { option: '--output' });
  if (trouble) {
    output.fault(`motcua scan: ${trouble}`);
    return false;
  }
  const ids = systemIds(systemClock);
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  const files: string[] = [];
  const request = { ...settings, folder, nextName: () => ids.next(), signal: abort.signal };
  const result = await scanner.scan(request, async ({ file }) => {
    files.push(file);
    if (!options.json) output.line(file);
  });
  if (!result.ok) await sayCause(result.error.code, options.device);
  if (options.json) output.json({ files, problem: result.ok ? null : problem(result.error.code) });
  return result.ok;
}

async function sayCapabilities(scanner: DocumentScanner, options: ScanOptions): Promise<boolean> {
  const capabilities = await scanner.capabilities();
  if (!capabilities.ok) await sayCause(capabilities.error, options.device);
  if (options.json)
    output.json({
      capabilities: capabilities.ok ? capabilities.value : [],
      problem: capabilities.ok ? null : problem(capabilities.error),
    });
  else if (capabilities.ok) for (const source of capabilities.value) output.line(describe(source));
  return capabilities.ok;
}

/** With what the scanner shows in place of the expected certificate: the technician compares and writes it down. */
async function sayCause(code: ScannerError['code'], device: string): Promise<void> {
  sayProblem(output, problem(code));
  const address = parseDeviceUri(device, ['escl']);
  if (code !== 'scanner-untrusted' || !address.ok) return;
  const shown = await readCertificate(address.value.url, 5_000);
  if (shown)
    output.fault(
      `It shows the certificate sha256=${shown}. If the scanner's own panel or page names the same: ${device.replace(/#.*$/, '')}#sha256=${shown}`,
    );
}

function describe({ source, colours, resolutions, largest }: SourceCapabilities): string {
  const dpi =
    resolutions === null
      ? 'its own resolution'
      : 'min' in resolutions
        ? `${resolutions.min} to ${resolutions.max} dpi`
        : `${resolutions.join(', ')} dpi`;
  const area = largest
    ? `up to ${Math.floor(largest.widthMm)} × ${Math.floor(largest.heightMm)} mm`
    : 'its own size';
  return `${source}: ${colours.join(' and ')}, ${dpi}, ${area}`;
}
