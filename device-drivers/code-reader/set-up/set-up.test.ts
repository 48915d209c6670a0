import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import { listProfiles, loadProfile } from '@motcua/firmware-config';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { encodeCode128 } from './code-128.ts';
import { setUpBarCodes, setUpMessages } from './set-up-commands.ts';
import { renderSetUpSheet } from './set-up-sheet.ts';
import { writeToSerialReader } from './write-serial.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-set-up-'));
  const wasm = await readFile(new URL(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')));
  await prepareZXingModule({
    overrides: { wasmBinary: Uint8Array.from(wasm).buffer },
    fireImmediately: true,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const setupOf = (name: string) => {
  const loaded = loadProfile('reader-setups', name);
  if (!loaded.ok) throw new Error(loaded.error.message);
  return loaded.value;
};
const run = async (program: string, args: readonly string[]) => {
  const ran = await exec(program, args, { timeoutMs: 30_000 });
  if (!ran.ok) throw new Error(`${program}: ${ran.error.code}`);
  return ran.value.stdout.toString();
};

describe.each(listProfiles('reader-setups'))('the printed sheet of %s', (name) => {
  test.each([
    'usb-com',
    'hid-pos',
  ] as const)('for %s is one page, and zbarimg reads its codes from top to bottom', async (mode) => {
    const setup = setupOf(name);
    const file = join(folder, `${name}-${mode}`);
    await writeFile(`${file}.pdf`, await renderSetUpSheet(setup, mode));
    expect(await run('pdfinfo', [`${file}.pdf`])).toMatch(/Pages: +1\n[\s\S]*\(A4\)/);
    await run('pdftoppm', ['-r', '200', '-png', '-singlefile', `${file}.pdf`, file]);
    const wanted = setUpBarCodes(setup, mode).map(({ text }) => text);
    const read = await run('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Scode128.enable', `${file}.png`]);
    expect(read.trim().split('\n').sort()).toEqual([...wanted].sort());
    // FNC3 is what zxing calls reader initialisation; zbar passes it over in silence.
    const again = await readBarcodes(new Uint8Array(await readFile(`${file}.png`)), { formats: ['Code128'] });
    const sorted = [...again].sort((one, other) => one.position.topLeft.y - other.position.topLeft.y);
    expect(sorted.map(({ text }) => text)).toEqual(wanted);
    expect(sorted.every(({ readerInit }) => readerInit === setup.barCode.fnc3)).toBe(true);
  });
});

test('every character of Code 128 B is drawn as zbarimg knows it', async () => {
  const all = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');
  for (const text of [all.slice(0, 32), all.slice(32, 64), all.slice(63)]) {
    const bars = encodeCode128(text, false);
    const row = bars.flatMap((width, at) => Array<number>(width * 2).fill(at % 2 === 0 ? 0 : 255));
    const width = row.length + 60;
    const pixels = Buffer.alloc(width * 60, 255);
    for (let y = 5; y < 55; y += 1) pixels.set(row, y * width + 30);
    const file = join(folder, 'all.png');
    await sharp(pixels, { raw: { width, height: 60, channels: 1 } })
      .png()
      .toFile(file);
    const read = await run('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Scode128.enable', file]);
    expect(read.replace(/\n$/, '')).toBe(text);
  }
  expect(() => encodeCode128('Đ', false)).toThrow(RangeError);
});

test('serial messages are the makers’ own, kept or until the power goes', () => {
  const hex = (name: string, storage: 'permanent' | 'temporary') =>
    setUpMessages(setupOf(name), 'usb-com', storage).map((message) =>
      Buffer.from(message).toString('latin1'),
    );
  expect(hex('honeywell', 'permanent')).toEqual(['\x16M\rTERMID130.']);
  expect(hex('honeywell', 'temporary')).toEqual(['\x16M\rTERMID130!']);
  expect(hex('newland', 'permanent')).toEqual(['~\x010000@INTERF8;\x03']);
  expect(hex('newland', 'temporary')).toEqual(['~\x010000#INTERF8;\x03']);
});

test('they reach a serial port, whose answer is told; a port that is not there is a sentence', async () => {
  const path = join(folder, 'tty');
  // A reader that says everything it hears: `cat` behind a pty.
  const socat = spawn('socat', ['-d', '-d', `PTY,link=${path},raw,echo=0`, 'EXEC:cat'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  socat.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await expect.poll(() => said).toContain('starting data transfer loop');
  const [message] = setUpMessages(setupOf('newland'), 'hid-pos', 'permanent');
  const sent = await writeToSerialReader(path, [message!]);
  expect(sent).toMatchObject({ ok: true });
  expect(sent.ok && Buffer.from(sent.value[0]!.answer).toString('latin1')).toBe('~\x010000@INTERF5;\x03');
  const gone = once(socat, 'exit');
  socat.kill('SIGTERM');
  await gone;
  expect(await writeToSerialReader(join(folder, 'none'), [message!])).toMatchObject({ ok: false });
});
