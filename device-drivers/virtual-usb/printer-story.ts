// `npm run test:usb`, inside the virtual machine: a printer on real USB, first through libusb (npm `usb`), then through
// the kernel's /dev/usb/lp*. Says what it saw and ends with 0 when all of it was right.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrinterCondition, ThermalPrinter } from '../printer/printer.ts';
import { job, wholeSlips } from '../printer/printer-test-bench.ts';
import { readCodes, readText } from '../printer/test-support.ts';
import { openThermalPrinter } from '../printer/thermal-printer.ts';
import { openPrinterChannel } from '../printer/transport/open-channel.ts';
import { startSimulatedPrinter } from '../simulators/printer/simulated-printer.ts';
import { createPrinterGadget } from './printer-gadget.ts';
import { createReport, pause } from './report.ts';

const VENDOR = '04b8';
const PRODUCT = '0e28';
const SERIAL = 'VIRTUAL-1';
const URI = `usb:${VENDOR}:${PRODUCT}:${SERIAL}`;
const ADDRESS = { kind: 'usb', vendorId: 0x04b8, productId: 0x0e28, serialNumber: SERIAL } as const;
/** Software emulation is some twenty times slower than the machine that it runs on. */
const PATIENCE_MS = 90_000;
const timeouts = { connectMs: 20_000, statusMs: 5_000, clearMs: 10_000, writeMs: 20_000, printMs: 60_000 };

/** `GS v 0`: before it come only questions and the emptying of buffers. */
const RASTER_BAND = Uint8Array.of(0x1d, 0x76, 0x30);

const { say, check, finish } = createReport();

const simulator = await startSimulatedPrinter({ dotsPerSecond: 200 });
const gadget = await createPrinterGadget({
  vendorId: VENDOR,
  productId: PRODUCT,
  serialNumber: SERIAL,
  udc: 'dummy_udc.0',
  port: simulator.port,
});

async function condition(printer: ThermalPrinter, wanted: PrinterCondition): Promise<PrinterCondition> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await printer.condition();
    if (found === wanted || performance.now() > end) return found;
    await pause(200);
  }
}

/** Through the driver: a job is confirmed; the printer's faults and the port's own status are seen. */
async function prints(transport: string, asksPort: boolean): Promise<void> {
  const printer = openThermalPrinter(URI, { timeouts });
  try {
    const found = await condition(printer, 'ready');
    check(`${transport}: the printer is found by its ids`, found === 'ready', found);
    const before = wholeSlips(simulator);
    const result = await printer.print(job);
    check(`${transport}: a job is confirmed`, result.ok && result.value.certainty === 'confirmed', result);
    check(
      `${transport}: it is on paper, once`,
      wholeSlips(simulator) === before + 1,
      wholeSlips(simulator) - before,
    );
    simulator.setFault('cover-open');
    const open = await condition(printer, 'cover-open');
    check(`${transport}: an open cover is seen`, open === 'cover-open', open);
    simulator.setFault('none');
    const closed = await condition(printer, 'ready');
    check(`${transport}: and that it is closed`, closed === 'ready', closed);
  } finally {
    await printer.close();
  }
  if (asksPort) await asksThePort(transport);
}

/** `GET_PORT_STATUS`, also while the printer takes no data. */
async function asksThePort(transport: string): Promise<void> {
  const channel = await openPrinterChannel(ADDRESS)(20_000);
  if (!channel.ok) return check(`${transport}: the port can be asked`, false, channel);
  const ask = async () => (await channel.value.portStatus?.()) ?? (await channel.value.portStatus?.());
  const well = await ask();
  check(`${transport}: GET_PORT_STATUS says selected, no error`, well === 0x18, well);
  await gadget.setPortStatus(0x30);
  const empty = await ask();
  check(`${transport}: GET_PORT_STATUS says paper empty`, empty === 0x30, empty);
  simulator.stall();
  void channel.value.write(new Uint8Array(300_000));
  await pause(3_000);
  const full = await ask();
  check(`${transport}: and does so with a full pipe`, full === 0x30, full);
  await gadget.setPortStatus(0x18);
  channel.value.destroy();
  await gadget.unplug();
  simulator.resume();
  await gadget.plug();
}

interface Report {
  readonly confirmed: number;
  readonly tickets: readonly { readonly number: number; readonly state: string; readonly copies: number }[];
}

/** The whole ticket is in the printer already, which goes on printing it. */
const whileItPrints = () =>
  new Promise<void>((resolve) => {
    const stop = simulator.onChange(() => {
      if ((simulator.inSlot()?.height ?? 0) < 120) return;
      stop();
      void gadget.unplug().then(resolve);
    });
  });
/** The printer has a part of the ticket and will never get the rest. */
const whileItSends = () => gadget.pullAfter(RASTER_BAND, 5_000);

/** `motcua print-test`: the cable is pulled at some moment of the first ticket, and plugged in again. */
async function survivesUnplugging(name: string, pulledAt: () => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-usb-'));
  try {
    simulator.tear();
    const before = simulator.papers().length;
    const pulled = pulledAt();
    const test = printTest(join(folder, 'journal.sqlite'));
    const who = await Promise.race([pulled.then(() => 'cable'), test.then(() => 'test')]);
    check(`${name}: the cable is pulled in the middle of a ticket`, who === 'cable', {
      rowsOut: simulator.inSlot()?.height ?? 0,
    });
    await pause(3_000);
    await gadget.plug();
    say(`${name}: plugged in again`);
    const { exit, report } = await test;
    check(
      `${name}: print-test reports both tickets, the first with a copy`,
      exit === 0 &&
        report?.confirmed === 2 &&
        (report.tickets[0]?.copies ?? 0) >= 1 &&
        report.tickets[1]?.copies === 0,
      report ?? exit,
    );
    simulator.tear();
    const papers: { end: string; rows: number; number: string; copy: boolean }[] = [];
    for (const { bitmap, end } of simulator.papers().slice(before)) {
      // A piece without a code is no ticket; the mark of one is read, or this is no proof.
      const number = (await readCodes(bitmap).catch(() => [])).join();
      const copy = number !== '' && /COPY/.test(await readText(bitmap));
      papers.push({ end, rows: bitmap.height, number, copy });
    }
    const whole = papers.filter(({ number }) => number !== '');
    check(
      `${name}: on paper every number is once, or again as a copy`,
      ['1', '2'].every((number) => whole.some((one) => one.number === number)) &&
        whole.every(
          (one, at) =>
            ['1', '2'].includes(one.number) &&
            (one.copy || whole.findIndex((other) => other.number === one.number && !other.copy) === at),
        ),
      papers,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

function printTest(journal: string): Promise<{ exit: number; report: Report | undefined }> {
  const program = join(import.meta.dirname, '..', '..', 'kiosk-app', 'cli', 'bin', 'motcua.mjs');
  const args = ['print-test', '--device', URI, '--tickets', '2', '--journal', journal, '--json'];
  return new Promise((resolve) => {
    const options = { timeout: 3 * PATIENCE_MS, killSignal: 'SIGKILL' as const };
    execFile(
      process.execPath,
      [program, ...args, '--give-up-after', '120'],
      options,
      (error, stdout, stderr) => {
        if (stderr !== '') say(`print-test says: ${stderr.trim()}`);
        const report = stdout.startsWith('{') ? (JSON.parse(stdout) as Report) : undefined;
        resolve({ exit: error ? 1 : 0, report });
      },
    );
  });
}

const withLibusb = process.argv[2] === 'libusb';
const transport = withLibusb ? 'npm usb' : '/dev/usb/lp';
await gadget.plug();
if (!withLibusb) {
  for (let tries = 0; tries < 100 && !existsSync('/dev/usb/lp0'); tries++) await pause(100);
  check(`${transport}: the kernel's usblp has the printer`, existsSync('/dev/usb/lp0'), '/dev/usb/lp0');
}
await prints(transport, withLibusb);
await survivesUnplugging(`${transport}, pulled while it prints`, whileItPrints);
await survivesUnplugging(`${transport}, pulled while it is sent`, whileItSends);
await gadget.remove();
await simulator.close();
finish(transport);
