import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { KioskView } from '@motcua/contract';
import { discoverScanners, type FoundDevice, listDevices, proposeDevices } from '@motcua/device-drivers';
import { type DeviceConfig, loadSiteConfig } from '@motcua/firmware-config';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { askService } from '../service-client.ts';
import { defaultSiteFile } from '../site-file.ts';

interface Options {
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly propose?: boolean;
  readonly config?: string;
}

/** A device that the site declares, and how it is when the service runs here. */
interface DeclaredDevice extends DeviceConfig {
  readonly state: string;
  readonly problem: string | null;
}

const WATCH_MS = 1_000;

export function addDevices(program: Command): void {
  program
    .command('devices')
    .description('Lists the devices of this site and how they are, and those that this machine sees')
    .option('--watch', 'go on, and print each change of state until interrupted')
    .option(
      '--propose',
      'print "devices" for a site configuration from what is plugged in, and from scanners in this network',
    )
    .option('--config <file>', 'site file; default: the appliance’s, else the demo’s')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const declared = await declaredDevices(options.config);
      if (declared === null) return finish(exitStatus.usage);
      if (options.watch) return watch(declared, options);
      if (options.propose) return propose((await Promise.all([listDevices(), discoverScanners()])).flat());
      const found = await listDevices();
      if (options.json) output.json({ devices: found, declared });
      else print(declared, found);
      finish(found.length > 0 || declared.length > 0 ? exitStatus.ok : exitStatus.no);
    });
}

function print(declared: readonly DeclaredDevice[], found: readonly FoundDevice[]): void {
  if (declared.length > 0) output.line('Declared by the site:');
  for (const device of declared) output.line(`  ${describe(device)}`);
  if (found.length === 0)
    output.line('No device found. Check cables and power; "motcua doctor" says what else may be missing.');
  else output.line('Found on this machine:');
  for (const { role, uri, name, allowed } of found)
    output.line(
      `  ${role.padEnd(17)} ${uri}  ${name}${allowed ? '' : '  (this user may not open it: motcua doctor)'}`,
    );
}

const describe = ({ role, uri, state, problem }: DeclaredDevice) =>
  `${role.padEnd(17)} ${state.padEnd(10)} ${uri}${problem ? `  ${problem}` : ''}`;

function propose(found: readonly FoundDevice[]): void {
  const { devices, alternatives } = proposeDevices(found);
  output.json({ devices });
  for (const { role, uri, name } of alternatives) output.fault(`also found: ${role} ${uri} (${name})`);
  if (devices.length === 0) output.fault('Nothing is plugged in that could be proposed.');
  finish(devices.length > 0 ? exitStatus.ok : exitStatus.no);
}

async function watch(first: readonly DeclaredDevice[], options: Options): Promise<void> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  process.stdout.once('error', () => abort.abort());
  const known = new Map<string, string>();
  for (let declared: readonly DeclaredDevice[] | null = first; declared && !abort.signal.aborted; ) {
    for (const device of declared) {
      const line = describe(device);
      if (known.get(device.role) === line) continue;
      known.set(device.role, line);
      if (options.json) process.stdout.write(`${JSON.stringify(device)}\n`);
      else output.line(`${new Date().toISOString()}  ${line}`);
    }
    await wait(WATCH_MS, undefined, { signal: abort.signal }).catch(() => undefined);
    declared = await declaredDevices(options.config);
  }
  finish(exitStatus.ok);
}

/** Empty when there is no site yet; null when the site file is wrong, which is said. */
async function declaredDevices(given: string | undefined): Promise<readonly DeclaredDevice[] | null> {
  const file = given ?? defaultSiteFile();
  if (!given && !existsSync(file)) return [];
  const site = loadSiteConfig(file);
  if (!site.ok) {
    output.fault(site.error.message);
    return null;
  }
  const view = await askService<KioskView>(site.value.runFolder, 'GET', '/api/kiosk');
  return site.value.devices.map((device) => {
    const seen = view.ok ? view.value.devices.find(({ role }) => role === device.role) : undefined;
    return {
      ...device,
      state: seen?.state ?? 'unknown',
      problem: seen ? (seen.problem?.what.en ?? null) : 'the kiosk’s service does not run here',
    };
  });
}
