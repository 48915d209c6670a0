import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '@motcua/core';
import { type Bitmap, bitmapToPng, claimDevice } from '@motcua/device-drivers';
import { startSimulatedEsclScanner, startSimulatedPrinter } from '@motcua/device-drivers/simulators';
import { listSpecimens, specimenPeople } from '@motcua/ocr-pipeline/specimens';
import { afterAll, describe, expect, it } from 'vitest';
import { bin, openCommand } from './cli-test-bench.ts';

const { folder, motcua } = await openCommand();
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What `zbarimg` reads on a piece of paper. */
async function readCodes(bitmap: Bitmap): Promise<string[]> {
  const file = join(folder, `paper-${randomUUID()}.png`);
  await writeFile(file, await bitmapToPng(bitmap));
  const read = await exec('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file], {
    timeoutMs: 20_000,
  });
  return read.ok ? read.value.stdout.toString().trim().split('\n') : [];
}

describe('motcua', () => {
  it.each([
    'start',
    'demo',
    'doctor',
    'devices',
    'setup-reader',
    'parse-qr',
    'read-card',
    'digitize',
    'verify',
    'print-test',
    'scan',
    'outbox',
  ])('helps with %s', async (command) => {
    const { status, out } = await motcua([command, '--help']);
    expect({ status, usage: out.startsWith(`Usage: motcua ${command}`) }).toEqual({ status: 0, usage: true });
  });

  it.each([
    [['no-such-command']],
    [[]],
    [['digitize', 'page.jpg']],
    [['digitize', 'page.jpg', '-o', 'out.pdf', '--profile', 'tiny']],
    [['digitize', 'page.jpg', '-o', 'out.pdf', '--pdfa', '4']],
    [['digitize', bin, '-o', bin]],
    [['verify']],
    [['verify', 'file', '--at', 'yesterday']],
    [['scan', '--device', 'usb:1']],
    [['scan', '--device', 'escl:ftp://scanner/eSCL']],
    [['scan', '--device', 'escl:http://scanner/eSCL', '--size', 'a0']],
    [['print-test', '--device', 'nowhere']],
    [['start', '--profile', 'nothing']],
    [['outbox', '--config', '/no/such/site.json']],
    [['setup-reader', '--model', 'nobody']],
    [['setup-reader', '--model', 'newland', '--mode', 'keyboard']],
    [['demo', '--pages', '/no/such/folder']],
  ])('used wrongly (%j) says so and exits 2', async (args) => {
    const { status, err } = await motcua(args);
    expect(status).toBe(2);
    expect(err).not.toBe('');
    expect(err).not.toMatch(/\n {4}at /);
  });

  it.each([
    [2, ['no-such-command', '--json']],
    [2, ['digitize', 'page.jpg', '--json']],
    [2, ['digitize', bin, '-o', bin, '--json']],
    [2, ['outbox', '--config', '/no/such/site.json', '--json']],
    [2, ['outbox', 'export', '/no/such', '--json']],
    [2, ['backup', '--json']],
    [2, ['officer', 'unlock', 'nobody', '--json']],
    [2, ['demo', '--pages', '/no/such/folder', '--json']],
    [2, ['verify', 'file', '--trust', '/no/such', '--json']],
    [1, ['scan', '--device', 'folder:/tmp', '-o', '/dev/null/pages', '--json']],
  ])('exits %i and prints one JSON value for %j', async (expected, args) => {
    const { status, out, err } = await motcua(args);
    expect(status).toBe(expected);
    expect(JSON.parse(out)).toBeTypeOf('object');
    expect(err).not.toMatch(/\n {4}at /);
  });

  it('outbox import and audit verify say which file is missing, without a trace', async () => {
    const example = join(import.meta.dirname, '../../firmware-config/site.example.json');
    const site = JSON.parse(await readFile(example, 'utf8')) as object;
    const file = join(folder, 'stopped.json');
    await writeFile(file, JSON.stringify({ ...site, dataFolder: folder, runFolder: folder }));
    const city = ['--city', 'http://127.0.0.1:9', '--certificate', '/no/city.pem'];
    for (const [args, missing] of [
      [['outbox', 'import', folder, '--key', '/no/key.pem', ...city], '/no/key.pem'],
      [['audit', 'verify', '--config', file, '--head', '/no/head'], '/no/head'],
    ] as const) {
      const { status, err } = await motcua(args);
      expect({ status, said: err.includes(missing), trace: /\n {4}at /.test(err) }).toEqual({
        status: 2,
        said: true,
        trace: false,
      });
    }
    const resent = await motcua(['outbox', 'resend', 'some-dossier', '--config', file]);
    expect(resent).toMatchObject({ status: 1, err: expect.stringContaining('does not run here') });
  });

  it('digitize never puts its PDF in the place of a pipe', async () => {
    const pipe = join(folder, 'pipe');
    await exec('mkfifo', [pipe], { timeoutMs: 5_000 });
    const { status, err } = await motcua(['digitize', listSpecimens()[0]!.file, '-o', pipe]);
    expect(status).toBe(2);
    expect(err).toContain('no ordinary file');
    expect((await stat(pipe)).isFIFO()).toBe(true);
  });

  it('goes on to its end when nobody reads its output', async () => {
    const script = '"$0" "$1" demo --help | true; "$0" "$1" parse-qr </dev/null | true; echo $PIPESTATUS';
    const ran = await exec('bash', ['-c', script, process.execPath, bin], { timeoutMs: 30_000 });
    expect(ran.ok && { out: ran.value.stdout.toString(), err: ran.value.stderr }).toEqual({
      out: '1\n',
      err: '',
    });
  });

  it('finds the demo’s kiosk from a folder below', async () => {
    const site = await readFile(join(import.meta.dirname, '../../firmware-config/site.example.json'), 'utf8');
    const below = join(folder, 'tree', 'deep', 'deeper');
    await mkdir(below, { recursive: true });
    await mkdir(join(folder, 'tree', 'var', 'demo'), { recursive: true });
    const paths = { dataFolder: folder, runFolder: folder };
    await writeFile(
      join(folder, 'tree', 'var', 'demo', 'site.json'),
      JSON.stringify({ ...(JSON.parse(site) as object), ...paths }),
    );
    const { status, err } = await motcua(['outbox'], '', below);
    expect({ status, said: /does not run here/.test(err) }).toEqual({ status: 1, said: true });
  });

  it('parse-qr reads a card, and refuses what is none', async () => {
    const person = specimenPeople().find(({ cardText }) => cardText);
    const card = await motcua(['parse-qr'], `${person?.cardText}\r\n`);
    expect(card.status).toBe(0);
    expect(JSON.parse(card.out)).toMatchObject({
      ok: true,
      card: { number: person?.personNumber, name: person?.fullName },
    });
    const bank = await motcua(['parse-qr'], '00020101021138570010A0000007270127');
    expect(bank.status).toBe(1);
    expect(JSON.parse(bank.out)).toMatchObject({ ok: false, error: { code: 'card-not-a-card' } });
  });

  it('digitize reads what can be read, names what cannot, and exits 1 then', async () => {
    const [specimen] = listSpecimens();
    const fake = join(folder, 'fake.png');
    await writeFile(fake, 'no picture');
    const output = join(folder, 'out.pdf');
    const both = await motcua(['digitize', specimen!.file, fake, '-o', output, '--json']);
    expect(both.status).toBe(1);
    expect(both.err).toContain(fake);
    const report = JSON.parse(both.out) as {
      output: string;
      pages: { text?: string; error?: { code: string } }[];
    };
    expect(report.output).toBe(output);
    expect(report.pages[0]?.text).toContain('079190012345');
    expect(report.pages[1]?.error?.code).toBe('page-not-an-image');
    expect((await readFile(output)).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('digitize makes a compact PDF/A-1b, reads its pages again, and keeps a PDF that has text as it is', async () => {
    const { file } = listSpecimens().find(({ name }) => name === '17-invitation')!;
    const compact = join(folder, 'compact.pdf');
    const options = ['--profile', 'compact', '--pdfa', '1b', '--title', 'Giấy mời'];
    const made = await motcua(['digitize', file, '-o', compact, ...options]);
    expect(made).toMatchObject({ status: 0, out: `${compact}: 1 page(s)\n` });
    const bytes = await readFile(compact);
    expect(bytes.length).toBeLessThan(40_000);
    expect(bytes.includes('<pdfaid:part>1</pdfaid:part>')).toBe(true);

    const copy = join(folder, 'copy.pdf');
    const kept = await motcua(['digitize', compact, '-o', copy, '--json']);
    expect(kept.status).toBe(0);
    expect(kept.err).toContain('already has text');
    expect(JSON.parse(kept.out)).toMatchObject({ output: copy, kept: { file: compact, why: 'text' } });
    expect((await readFile(copy)).equals(bytes)).toBe(true);

    const mixed = await motcua(['digitize', compact, copy, '-o', join(folder, 'mixed.pdf'), '--json']);
    expect(mixed.status).toBe(1);
    expect(JSON.parse(mixed.out)).toMatchObject({
      output: null,
      pages: [{ error: { code: 'page-pdf-has-text' } }, { error: { code: 'page-pdf-has-text' } }],
    });
  });

  it('verify cannot tell of a file that is neither', async () => {
    const { status, out } = await motcua(['verify', bin, '--json']);
    expect(status).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'cannot-tell',
      reasons: [{ code: 'format-unknown', sentence: { vi: 'Đây không phải gói hồ sơ, biên nhận hay PDF.' } }],
    });
  });

  it('print-test prints numbers once, goes on where it was, and says why it cannot', async () => {
    const printer = await startSimulatedPrinter();
    const test = ['print-test', '--device', printer.uri, '--journal', join(folder, 'prints.sqlite')];
    try {
      const printed = await motcua([...test, '--tickets', '3', '--json']);
      expect(printed).toMatchObject({ status: 0 });
      expect(JSON.parse(printed.out)).toMatchObject({
        confirmed: 3,
        unknown: 0,
        failed: 0,
        copies: 0,
        certainty: { confirmed: 3 },
      });
      const more = await motcua([...test, '--tickets', '5']);
      expect(more).toMatchObject({ status: 0 });
      expect(more.out).toContain('5 of 5 tickets issued: 5 confirmed, 0 unknown, 0 failed');
      const codes = await Promise.all(printer.papers().map(({ bitmap }) => readCodes(bitmap)));
      expect(codes.flat()).toEqual(['1', '2', '3', '4', '5']);

      printer.setFault('paper-end');
      const refused = await motcua([...test, '--tickets', '6', '--give-up-after', '1']);
      expect(refused.status).toBe(1);
      expect(refused.err).toContain('The printer is out of paper.');
      expect(refused.out).toContain('5 of 6 tickets issued');
      expect(printer.papers()).toHaveLength(5);
    } finally {
      await printer.close();
    }
  });

  it('whoever has read enough of the answer closes the pipe: no fault', async () => {
    const child = spawn(process.execPath, [bin, 'verify', bin], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const [status] = await once(child, 'close');
    expect({ status, err }).toEqual({ status: 2, err: '' });
  });

  it.each([
    ['--profile', 'no-such-model'],
    ['--tickets', '0'],
    ['--device', 'usb:1:2'],
    ['--journal', '/no/such/folder/journal'],
  ])('print-test refuses %s %s', async (option, value) => {
    expect((await motcua(['print-test', '--device', 'tcp://127.0.0.1:9', option, value])).status).toBe(2);
  });

  it('print-test and setup-reader leave a device alone that another program has', async () => {
    const uri = 'serial:/dev/null';
    const claim = await claimDevice(uri);
    try {
      const said = /Another program is using a device.*\n.*systemctl stop/s;
      for (const command of [
        ['print-test', '--device', uri],
        ['setup-reader', '--model', 'newland', '--serial', '/dev/null'],
      ]) {
        const { status, err } = await motcua(command);
        expect({ command: command[0], status, said: said.test(err) }).toEqual({
          command: command[0],
          status: 1,
          said: true,
        });
      }
    } finally {
      if (claim.ok) await claim.value();
    }
  });

  it('scan says in one sentence that a device is not there', async () => {
    const { status, err } = await motcua([
      'scan',
      '--device',
      `folder:${join(folder, 'nothing')}`,
      '-o',
      folder,
    ]);
    expect(status).toBe(1);
    expect(err).toMatch(/scanner/i);
  });

  it('scan takes pages from a network scanner, and says what that one has', async () => {
    const simulator = await startSimulatedEsclScanner();
    const [specimen] = listSpecimens();
    simulator.lay([specimen!.file, specimen!.file]);
    try {
      const device = ['scan', '--device', simulator.uri];
      const capabilities = await motcua([...device, '--capabilities']);
      expect(capabilities.out).toContain(
        'feeder-duplex: grey and colour, 75, 150, 200, 300, 600 dpi, up to 215 ×',
      );
      const scanned = await motcua([
        ...device,
        '-o',
        folder,
        '--source',
        'feeder',
        '--resolution',
        '75',
        '--json',
      ]);
      expect(scanned.status).toBe(0);
      expect(JSON.parse(scanned.out)).toMatchObject({ files: { length: 2 }, problem: null });
      const empty = await motcua([...device, '-o', folder, '--source', 'feeder']);
      expect({ status: empty.status, said: /no paper/.test(empty.err) }).toEqual({ status: 1, said: true });
    } finally {
      await simulator.close();
    }
  });

  it('doctor names each declared device that is missing, and exits 1', async () => {
    const example = join(import.meta.dirname, '../../firmware-config/site.example.json');
    const site = JSON.parse(await readFile(example, 'utf8')) as object;
    const printer = await startSimulatedPrinter();
    const devices = [
      { role: 'ticket-printer', uri: printer.uri, profile: 'generic-80mm' },
      { role: 'code-reader', uri: 'hid:1209:fffe:NONE', profile: 'generic-hid-pos' },
      { role: 'document-scanner', uri: `folder:${folder}/none`, profile: 'folder' },
    ];
    const file = join(folder, 'devices.json');
    await writeFile(file, JSON.stringify({ ...site, devices, dataFolder: folder, runFolder: folder }));
    const doctor = await motcua(['doctor', '--config', file, '--json']);
    const list = await motcua(['devices', '--config', file, '--json']);
    await printer.close();
    expect(doctor.status).toBe(1);
    const { findings } = JSON.parse(doctor.out) as {
      findings: { what: string; state: string; detail: string }[];
    };
    const of = (role: string) => findings.find(({ what }) => what === role);
    expect(of('ticket-printer')).toMatchObject({ state: 'ok' });
    expect(of('code-reader')).toMatchObject({
      state: 'missing',
      detail: expect.stringMatching(/HID POS.*setup-reader/),
    });
    expect(of('document-scanner')).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('none'),
    });
    const { declared } = JSON.parse(list.out) as { declared: { role: string; state: string }[] };
    expect(declared.map(({ role, state }) => `${role} ${state}`)).toEqual(
      devices.map(({ role }) => `${role} unknown`),
    );
  });

  it('setup-reader writes a sheet to print', async () => {
    const file = join(folder, 'sheet.pdf');
    const { status } = await motcua([
      'setup-reader',
      '--model',
      'honeywell',
      '--mode',
      'hid-pos',
      '--pdf',
      file,
    ]);
    expect(status).toBe(0);
    expect((await readFile(file)).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('outbox says that no service answers', async () => {
    const site = JSON.parse(
      await readFile(join(import.meta.dirname, '../../firmware-config/site.example.json'), 'utf8'),
    ) as object;
    const file = join(folder, 'site.json');
    await writeFile(file, JSON.stringify({ ...site, dataFolder: folder, runFolder: folder }));
    const { status, err } = await motcua(['outbox', '--config', file]);
    expect(status).toBe(1);
    expect(err).toContain('does not run here');
  });
});
