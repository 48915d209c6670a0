import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import { checkDeclaredDevice, listChipReaders, listDevices } from '@motcua/device-drivers';
import { loadSiteConfig, type SiteConfig } from '@motcua/firmware-config';
import { chooseEngine, type EngineChoice, findLanguageData } from '@motcua/ocr-pipeline';
import { chooseShell } from '@motcua/shell';
import type { Command } from 'commander';
import { auditAlarmFindings, cityContentFindings } from '../city-findings.ts';
import type { Finding } from '../finding.ts';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { defaultSiteFile } from '../site-file.ts';
import { unencryptedSwap } from '../swap.ts';

const PROGRAMS = [
  { name: 'scanimage', packageName: 'sane-utils', why: 'document scanners', needed: true },
  {
    name: 'ffmpeg',
    packageName: 'ffmpeg',
    why: 'cameras, for papers or in place of a code reader',
    needed: false,
  },
  { name: 'pdftoppm', packageName: 'poppler-utils', why: 'PDF files given to "digitize"', needed: false },
  {
    name: 'socat',
    packageName: 'socat',
    why: 'the demo’s serial code reader (else it speaks over TCP)',
    needed: false,
  },
] as const;
const LOW_SPACE = 2 * 1024 ** 3;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Says what this machine has, what is missing, and what to do about it')
    .option('--config <file>', 'site file to check; default: the appliance’s, else the demo’s')
    .option('--json', 'print JSON')
    .action(async (options: { config?: string; json?: boolean }) => {
      const findings = [
        node(),
        ...(await programs()),
        await pcsc(),
        screen(),
        ...(await siteAndEngine(options.config)),
        space(),
        ...(await devices(options.config)),
      ];
      const well = findings.every((finding) => finding.state !== 'missing');
      if (options.json) output.json({ ok: well, findings });
      else
        for (const { what, state, detail } of findings)
          output.line(
            `${{ ok: '  ok   ', missing: 'MISSING', optional: '  --   ' }[state]}  ${what}: ${detail}`,
          );
      finish(well ? exitStatus.ok : exitStatus.no);
    });
}

function node(): Finding {
  const right = Number(process.versions.node.split('.')[0]) >= 24;
  return {
    what: 'Node',
    state: right ? 'ok' : 'missing',
    detail: right ? process.versions.node : 'run "npm ci": it installs the pinned Node 24',
  };
}

async function programs(): Promise<Finding[]> {
  return Promise.all(
    PROGRAMS.map(async ({ name, packageName, why, needed }) => {
      const found = await exec('/bin/sh', ['-c', 'command -v "$0"', name], { timeoutMs: 5_000 });
      if (found.ok) return { what: name, state: 'ok' as const, detail: found.value.stdout.toString().trim() };
      const state = needed ? ('missing' as const) : ('optional' as const);
      return { what: name, state, detail: `not installed (for ${why}): apt-get install ${packageName}` };
    }),
  );
}

/** A kiosk reads codes without it; only the chip needs it. */
async function pcsc(): Promise<Finding> {
  const what = 'PC/SC';
  const { condition, names } = await listChipReaders();
  switch (condition) {
    case 'ready':
      return { what, state: 'ok', detail: `pcscd runs; readers: ${names.join(', ')}` };
    case 'absent':
      return { what, state: 'ok', detail: 'pcscd runs; no reader is plugged in' };
    case 'no-service':
      return {
        what,
        state: 'optional',
        detail:
          'pcscd does not run (for the card’s chip): apt-get install pcscd; systemctl start pcscd.socket',
      };
    case 'denied':
      return { what, state: 'optional', detail: 'pcscd refuses this user (polkit)' };
    case 'no-driver':
      return {
        what,
        state: 'optional',
        detail:
          'the bridge is not built (for the card’s chip): apt-get install gcc libc6-dev libpcsclite-dev; sh installer/set-up.sh run',
      };
  }
}

/** Which engine reads the pages here, and with which language data. */
async function recognition(choice: EngineChoice): Promise<Finding[]> {
  const data = findLanguageData();
  const unpacked = await mkdtemp(join(tmpdir(), 'motcua-doctor-'));
  const engine = await chooseEngine(choice, { data, timeoutMs: 5_000, scratch: async () => unpacked });
  await rm(unpacked, { recursive: true });
  const install = 'apt-get install tesseract-ocr';
  const model: Finding = data.gzip
    ? {
        what: 'Vietnamese language data',
        state: 'optional',
        detail: `the slower one from npm is used; ${install}-vie for the fast one`,
      }
    : { what: 'Vietnamese language data', state: 'ok', detail: data.folder };
  const what = 'recognition engine';
  if (!engine.ok)
    return [
      { what, state: 'missing', detail: `the site asks for "native", not installed: ${install}` },
      model,
    ];
  const { name, version } = engine.value.facts;
  const isSlow = name === 'tesseract.js' && choice === 'auto';
  const detail = `${name} ${version} (engine "${choice}")${isSlow ? `; ${install} for the faster program` : ''}`;
  return [{ what, state: isSlow ? 'optional' : 'ok', detail }, model];
}

function screen(): Finding {
  const choice = chooseShell();
  return {
    what: 'screen',
    state: choice.kind === 'address' ? 'optional' : 'ok',
    detail: `${choice.kind}: ${choice.reason}`,
  };
}

async function siteAndEngine(given: string | undefined): Promise<Finding[]> {
  const file = given ?? defaultSiteFile();
  if (!given && !existsSync(file))
    return [
      { what: 'site', state: 'optional', detail: `none yet at ${file}; "motcua start" makes the demo’s` },
      ...(await recognition('auto')),
    ];
  const loaded = loadSiteConfig(file);
  if (!loaded.ok)
    return [{ what: 'site', state: 'missing', detail: loaded.error.message }, ...(await recognition('auto'))];
  const findings: Finding[] = [
    { what: 'site', state: 'ok', detail: file },
    ...(await recognition(loaded.value.ocr.engine)),
  ];
  const { dataFolder } = loaded.value;
  try {
    accessSync(existsSync(dataFolder) ? dataFolder : join(dataFolder, '..'), constants.W_OK);
  } catch {
    findings.push({
      what: 'data folder',
      state: 'missing',
      detail: `${dataFolder} cannot be written by this user`,
    });
  }
  return [
    ...findings,
    ...swap(loaded.value.profile),
    ...(await cityContentFindings(file)),
    ...(await auditAlarmFindings(loaded.value)),
  ];
}

/** Only an appliance holds other people's papers in its memory. */
function swap(profile: SiteConfig['profile']): Finding[] {
  if (profile !== 'appliance') return [];
  const plain = unencryptedSwap();
  const detail =
    plain.length === 0
      ? 'none, or encrypted'
      : `${plain.join(', ')} writes papers from memory to the disk as they are: swapoff it, or encrypt it (/etc/crypttab)`;
  return [{ what: 'swap', state: plain.length === 0 ? 'ok' : 'missing', detail }];
}

function space(): Finding {
  const { bavail, bsize } = statfsSync(process.cwd());
  const free = bavail * bsize;
  const detail = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return { what: 'disk', state: free < LOW_SPACE ? 'missing' : 'ok', detail };
}

/** Each device that the site declares; without a site, whatever is plugged in. */
async function devices(given: string | undefined): Promise<Finding[]> {
  const file = given ?? defaultSiteFile();
  const loaded = existsSync(file) ? loadSiteConfig(file) : undefined;
  const declared = loaded?.ok ? loaded.value.devices : [];
  const found = await listDevices();
  const findings: Finding[] = await Promise.all(
    declared.map(async (device) => {
      const { state, detail } = await checkDeclaredDevice(device, found);
      return {
        what: device.role,
        state: state === 'there' ? ('ok' as const) : ('missing' as const),
        detail: `${device.uri}: ${detail}`,
      };
    }),
  );
  const isDeclared = (uri: string) =>
    declared.some((device) => uri === device.uri || uri.startsWith(`${device.uri}:`));
  for (const { role, uri, name, allowed, node: path } of found.filter((device) => !isDeclared(device.uri)))
    findings.push({
      what: role,
      state: allowed ? 'ok' : 'optional',
      detail: allowed
        ? `${name} (${uri})${loaded?.ok ? ', not in the site file' : ''}`
        : `${name} (${uri}) is there, but this user may not open ${path}: udev rules and groups, see below`,
    });
  if (declared.length === 0)
    for (const role of ROLES.filter((one) => !found.some((device) => device.role === one.role)))
      findings.push({
        what: role.role,
        state: 'missing',
        detail: `none found: ${role.whatToDo}; the demo simulates one`,
      });
  return [...findings, ...permissions()];
}

const ROLES = [
  {
    role: 'ticket-printer',
    whatToDo:
      'check its cable and power (a network printer is not found: write its address into the site file)',
  },
  { role: 'document-scanner', whatToDo: 'check its cable and power, then "scanimage -L"' },
  { role: 'code-reader', whatToDo: 'plug it in, set it to USB-COM or HID POS with "motcua setup-reader"' },
] as const;

const RULES = [
  '/etc/udev/rules.d/70-motcua.rules',
  '/usr/lib/udev/rules.d/70-motcua.rules',
  '/lib/udev/rules.d/70-motcua.rules',
];
const GROUPS = ['dialout', 'lp', 'plugdev', 'scanner'];

/** What the kiosk's own user has from its package; a technician's user often lacks it. */
function permissions(): Finding[] {
  const rules = RULES.find((file) => existsSync(file));
  const own = process.getuid?.() === 0 ? GROUPS : memberships();
  const lacking = GROUPS.filter((group) => !own.includes(group));
  return [
    {
      what: 'udev rules',
      state: rules ? 'ok' : 'optional',
      detail:
        rules ?? 'not installed; the package motcua-kiosk brings them: devices may be closed to this user',
    },
    {
      what: 'groups',
      state: lacking.length === 0 ? 'ok' : 'optional',
      detail:
        lacking.length === 0
          ? 'this user may open devices'
          : `this user is not in ${lacking.join(', ')}: sudo usermod -aG ${lacking.join(',')} "$USER", then log in again`,
    },
  ];
}

/** Names of this user's groups, by `/etc/group` and the process's own group ids. */
function memberships(): readonly string[] {
  const ids = new Set(process.getgroups?.() ?? []);
  try {
    return readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .filter(([, , id]) => id !== undefined && ids.has(Number(id)))
      .map(([name = '']) => name);
  } catch {
    return [];
  }
}
