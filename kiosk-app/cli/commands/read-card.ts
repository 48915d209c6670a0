import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { problem } from '@motcua/contract';
import { systemClock, vietnamTime } from '@motcua/core';
import {
  type ChipProgress,
  type ChipReader,
  type ChipReading,
  crossCheck,
  emptyTrustStore,
  loadTrustFolder,
  openChipReader,
  problemOfReader,
  problemOfReading,
  problemOfVerdict,
  readChip,
  showPhoto,
  type TrustStore,
} from '@motcua/device-drivers';
import type { Command } from 'commander';
import { chipKeyOf, type GivenKey } from '../chip-key.ts';
import { exitStatus, finish, standardOutput as output, sayProblem } from '../output.ts';
import { readInput } from '../read-input.ts';

/** Where an operator puts the authority's certificates when `--trust` names no folder. */
const TRUST_FOLDER = '/etc/motcua/csca';
const SETTLE_MS = 3_000;
const MAX_INPUT = 65_536;

interface ReadCardOptions {
  readonly qr?: string;
  readonly can?: string;
  readonly mrz?: string;
  readonly trust?: string;
  readonly reader?: string;
  readonly photo?: string | false;
  readonly wait: string;
  readonly proved?: boolean;
  readonly json?: boolean;
}

export function addReadCard(program: Command): void {
  program
    .command('read-card')
    .description('Reads the chip of a citizen card and says what it proves')
    .option('--qr <text>', 'text of the card’s QR code, "-" from standard input')
    .option('--can <digits>', 'the last six digits of the number on the card')
    .option('--mrz <text>', 'the three lines on the back, or "NUMBER YYMMDD YYMMDD"; "-" from standard input')
    .option('--trust <folder>', `certificates of the issuing authority (CSCA); default: ${TRUST_FOLDER}`)
    .option('--reader <name>', 'part of the reader’s name; default: the contactless one')
    .option('--photo <file>', 'write the photo as JPEG')
    .option('--no-photo', 'do not read the photo: less time on the reader')
    .option('--wait <seconds>', 'for the card', '30')
    .option('--proved', 'exit status 1 unless the chip is proved to be genuine')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit status 0: the chip was read and nothing speaks against it; 1: it was not read, was altered, is a copy or\n' +
        'contradicts the QR (or, with --proved, is not proved); 2: used wrongly, or the folder cannot be read.',
    )
    .action(async (options: ReadCardOptions) => {
      const given = await keyOf(options);
      const wait = Number(options.wait);
      const trust = await trustOf(options.trust);
      const fault =
        typeof given === 'string'
          ? given
          : !(wait >= 0 && wait <= 3_600)
            ? '--wait is a number of seconds'
            : trust === null
              ? `the folder ${options.trust} cannot be read`
              : null;
      if (fault !== null || typeof given === 'string' || trust === null) {
        output.fault(`motcua read-card: ${fault}`);
        return finish(exitStatus.usage);
      }
      const reader = openChipReader(`pcsc:${options.reader ?? ''}`, {
        socket: process.env['PCSCLITE_CSOCK_NAME'],
      });
      try {
        await reader.settled(SETTLE_MS);
        finish(await read(reader, given, trust, wait * 1_000, options));
      } finally {
        await reader.release();
        await reader.close();
      }
    });
}

async function keyOf(options: ReadCardOptions): Promise<GivenKey | string> {
  const { qr, can, mrz } = options;
  const input = qr === '-' || mrz === '-' ? (await readInput(process.stdin, MAX_INPUT)).toString('utf8') : '';
  return chipKeyOf(
    {
      ...(can !== undefined && { can }),
      ...(qr !== undefined && { qr: qr === '-' ? input : qr }),
      ...(mrz !== undefined && { mrz: mrz === '-' ? input : mrz }),
    },
    vietnamTime(systemClock.now()).localDay,
  );
}

/** Null: a folder that was named cannot be read. */
async function trustOf(folder: string | undefined): Promise<TrustStore | null> {
  const loaded = await loadTrustFolder(folder ?? TRUST_FOLDER);
  if (!loaded.ok) return folder === undefined ? emptyTrustStore : null;
  for (const { file, reason } of loaded.value.skipped)
    output.fault(`motcua read-card: ${file} was passed over: ${reason}`);
  return loaded.value.store;
}

async function read(
  reader: ChipReader,
  given: GivenKey,
  trust: TrustStore,
  waitMs: number,
  options: ReadCardOptions,
): Promise<0 | 1> {
  const unready = problemOfReader(reader.condition());
  if (unready) return failed(unready, reader, options);
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  const result = await readChip(
    reader.channel,
    {
      key: given.key,
      trust,
      photo: options.photo !== false,
      signal: abort.signal,
      ...(options.json ? {} : { onProgress: progressLine() }),
    },
    { random: (length) => Uint8Array.from(randomBytes(length)), now: systemClock.now, waitMs },
  );
  if (!result.ok) return failed(problemOfReading(result.error), reader, options);
  const reading = result.value;
  const contradictions = crossCheck({ qr: given.qr, mrz: reading.mrz, holder: reading.holder });
  const doubt = problemOfVerdict(reading.verdict);
  const speaksAgainst =
    contradictions.length > 0 ||
    reading.verdict.verdict === 'altered' ||
    reading.verdict.verdict === 'cloned';
  const well = !speaksAgainst && !(options.proved && reading.verdict.verdict !== 'genuine');
  const photo = reading.photo ? await showPhoto(reading.photo) : null;
  if (typeof options.photo === 'string' && photo?.ok) await writeFile(options.photo, photo.value.bytes);
  if (options.json)
    output.json({
      ok: well,
      reader: reader.channel.reader,
      access: reading.access,
      verdict: reading.verdict,
      problem: contradictions.length > 0 ? problem('chip-contradicts-code') : doubt && problem(doubt),
      contradictions,
      card: cardOf(reading),
      mrz: reading.mrz?.lines ?? null,
      photo: photo?.ok ? { width: photo.value.width, height: photo.value.height } : null,
      files: Object.fromEntries([...reading.files].map(([file, bytes]) => [file, bytes.length])),
      refused: Object.fromEntries(reading.refused),
      traffic: reading.traffic,
    });
  else {
    for (const [label, value] of Object.entries(cardOf(reading)))
      if (value !== null) output.line(`${label.padEnd(18)}${value}`);
    output.line(`${'traffic'.padEnd(18)}${traffic(reading)}`);
    if (doubt === null) {
      output.line('Chip được chứng minh là chip gốc, dữ liệu đúng như nơi cấp đã ký.');
      output.line('The chip is proved to be the original, and its data are as the issuer signed them.');
    } else sayProblem(output, problem(doubt));
    if (contradictions.length > 0) sayProblem(output, problem('chip-contradicts-code'));
    for (const { field, between } of contradictions) output.fault(`  ${field}: ${between.join(' ≠ ')}`);
  }
  return well ? exitStatus.ok : exitStatus.no;
}

function failed(code: string, reader: ChipReader, options: ReadCardOptions): 1 {
  const words = problem(code);
  if (options.json) output.json({ ok: false, reader: null, problem: words });
  sayProblem(output, words);
  if (code === 'chip-wrong-key') output.fault('motcua read-card: wrong CAN, or wrong data of the zone');
  const hint = hints[reader.condition()];
  if (hint) output.fault(`motcua read-card: ${hint}`);
  const names = reader.readers();
  if (reader.condition() === 'absent' && names.length > 0)
    output.fault(`motcua read-card: there are: ${names.join(', ')}`);
  return exitStatus.no;
}

/** For the technician. */
const hints: Readonly<Record<ReturnType<ChipReader['condition']>, string | null>> = {
  ready: null,
  absent: 'no such reader: check its cable, then "pcsc_scan -r"',
  'no-service': 'pcscd does not run: systemctl start pcscd.socket',
  denied: 'pcscd refuses this user (polkit): try as root',
  'no-driver':
    'the bridge to PC/SC is not built: apt-get install gcc libc6-dev libpcsclite-dev, then "sh installer/set-up.sh run"',
};

/** Zone and DG13 together, nothing of the QR; what neither says is null. */
function cardOf({ mrz, holder }: ChipReading) {
  return {
    number: holder?.number ?? mrz?.personNumber ?? null,
    name: holder?.name ?? (mrz ? `${mrz.surname} ${mrz.givenNames}`.trim() : null),
    birthDate: holder?.birthDate ?? mrz?.birthDate ?? null,
    sex: holder?.sex ?? mrz?.sex ?? null,
    nationality: holder?.nationality ?? mrz?.nationality ?? null,
    ethnicity: holder?.ethnicity ?? null,
    religion: holder?.religion ?? null,
    placeOfOrigin: holder?.placeOfOrigin ?? null,
    residence: holder?.residence ?? null,
    identifyingMarks: holder?.identifyingMarks ?? null,
    issueDate: holder?.issueDate ?? null,
    expiryDate: holder?.expiryDate ?? mrz?.expiryDate ?? null,
    father: holder?.father ?? null,
    mother: holder?.mother ?? null,
    spouse: holder?.spouse ?? null,
    oldNumber: holder?.oldNumber ?? null,
  };
}

function traffic({ traffic: { commands, bytesSent, bytesReceived, losses }, access }: ChipReading): string {
  const by = access.protocol === 'pace' ? `PACE (${access.suite.cipher})` : 'BAC';
  const lost = losses > 0 ? `, lost ${losses} times` : '';
  return `${by}, ${commands} commands, ${bytesSent + bytesReceived} bytes${lost}`;
}

const STEPS: Readonly<Record<Exclude<ChipProgress['step'], 'reading'>, string>> = {
  'waiting-for-card': 'Đặt thẻ lên đầu đọc chip. Lay the card on the chip reader.',
  opening: 'Đang mở chip. Opening the chip.',
  proving: 'Đang kiểm tra chip. Checking the chip.',
};

/** One line for each step and file, on standard error. */
function progressLine(): (progress: ChipProgress) => void {
  let last = '';
  return (progress) => {
    const line =
      progress.step === 'reading'
        ? `Đang đọc ${progress.file}. Reading ${progress.file}.`
        : STEPS[progress.step];
    if (line !== last) output.fault(line);
    last = line;
  };
}
