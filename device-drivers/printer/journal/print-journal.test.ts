import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { silentLogger } from '@motcua/core';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBitmap } from '../bitmap.ts';
import { encodeSlip } from '../encode-slip.ts';
import type { PrinterError, PrintReceipt, ThermalPrinter } from '../printer.ts';
import { createBench } from '../printer-test-bench.ts';
import { defaultPrinterProfile } from '../profile.ts';
import { type JournalFile, openJournalFile } from './journal-file.ts';
import type { JournalJob } from './journal-store.ts';
import { createPrintJournal, type PrintJournalDependencies } from './print-journal.ts';

const { simulator, driver, closeAll } = createBench();
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-journal-'));
  path = join(folder, 'journal.sqlite');
});
afterEach(async () => {
  await closeAll();
  await rm(folder, { recursive: true });
});

function openFile(): JournalFile {
  const file = openJournalFile(path);
  if (!file.ok) throw new Error(file.error.message);
  return file.value;
}

/** The number in every byte, a copy with its highest bit set: what is on paper betrays both. */
const encode = async ({ id, copy }: JournalJob) => {
  const bitmap = createBitmap(576, 100);
  bitmap.data.fill(Number(id) | (copy ? 0x80 : 0));
  return encodeSlip(bitmap, defaultPrinterProfile);
};

/** Says what it is told to, in turn. */
function scriptedPrinter(outcomes: readonly (PrintReceipt | PrinterError)[]) {
  const sent: string[] = [];
  let at = 0;
  const printer: ThermalPrinter = {
    uri: 'tcp://nowhere',
    condition: async () => 'ready',
    onCondition: () => () => undefined,
    clear: async () => ({ ok: true, value: undefined }),
    close: async () => undefined,
    print: async (job) => {
      sent.push(Buffer.from(job).toString());
      const outcome = outcomes[Math.min(at++, outcomes.length - 1)]!;
      return 'code' in outcome ? { ok: false, error: outcome } : { ok: true, value: outcome };
    },
  };
  return { printer, sent };
}

const words: PrintJournalDependencies['encode'] = async ({ id, copy }) =>
  Buffer.from(copy ? `${id} copy` : id);
const lost = { code: 'printer-offline', mayHavePrinted: true } as const;
const unconfirmed = { code: 'printer-unconfirmed', mayHavePrinted: true } as const;

async function printAll(outcomes: readonly (PrintReceipt | PrinterError)[], jobs: number, more = {}) {
  const file = openFile();
  const { printer, sent } = scriptedPrinter(outcomes);
  const journal = createPrintJournal({ store: file, printer, encode: words, logger: silentLogger, ...more });
  journal.start();
  for (let id = 1; id <= jobs; id++) {
    file.add(id);
    await journal.settled();
  }
  await journal.stop();
  const ends = [...file.all()].map(({ state, copy, certainty }) => [state, copy, certainty]);
  file.close();
  return { sent, ends };
}

describe('the print journal', () => {
  it('prints each job once and says how it knows', async () => {
    const { sent, ends } = await printAll([{ certainty: 'confirmed' }, { certainty: 'processed' }], 2);
    expect(sent).toEqual(['1', '2']);
    expect(ends).toEqual([
      ['confirmed', false, 'confirmed'],
      ['confirmed', false, 'processed'],
    ]);
  });

  it('prints again as a copy what may be on paper, and not as a copy what cannot be', async () => {
    const unsent = { code: 'printer-timeout', mayHavePrinted: false } as const;
    const { sent, ends } = await printAll([unsent, lost, { certainty: 'confirmed' }], 1);
    expect(sent).toEqual(['1', '1', '1 copy']);
    expect(ends).toEqual([['confirmed', true, 'confirmed']]);
  });

  it('gives up a job in doubt as unknown, one that never left as failed', async () => {
    expect((await printAll([lost], 1, { maxAttempts: 3 })).ends).toEqual([['unknown', true, null]]);
  });

  it('does not go on printing for a printer that never confirms', async () => {
    const { sent, ends } = await printAll([unconfirmed], 1);
    expect(sent).toHaveLength(5);
    expect(ends).toEqual([['unknown', true, null]]);
  });

  it('prints again, as copies, what a printer without barrier may have lost with its buffer', async () => {
    const received = { certainty: 'received' } as const;
    const { sent, ends } = await printAll([received, received, lost, received], 3);
    expect(sent).toEqual(['1', '2', '3', '1 copy', '2 copy', '3 copy']);
    expect(ends.map(([state, copy]) => [state, copy])).toEqual(Array(3).fill(['unknown', true]));
  });

  it('asks nobody any more when the person has left', async () => {
    const { sent, ends } = await printAll([lost], 1, { isWanted: () => false });
    expect(sent).toEqual(['1']);
    expect(ends).toEqual([['unknown', true, null]]);
  });
});

describe('a journal on a printer', () => {
  it('tells every step of a job, and each only after it is durable', async () => {
    const paper = await simulator();
    const file = openFile();
    const steps: string[] = [];
    const journal = createPrintJournal({
      store: file,
      printer: driver(paper.uri),
      encode,
      logger: silentLogger,
      onChange: (job) => {
        expect(file.get(job.id)).toEqual(job);
        steps.push(job.state);
      },
    });
    journal.start();
    file.add(1);
    await journal.settled();
    await journal.stop();
    file.close();
    expect(steps).toEqual(['sending', 'sent', 'confirmed']);
  });

  it('holds a job while there is no paper, with the cause, and prints the same when there is', async () => {
    const paper = await simulator();
    paper.setFault('paper-end');
    const file = openFile();
    const journal = createPrintJournal({
      store: file,
      printer: driver(paper.uri),
      encode,
      logger: silentLogger,
    });
    journal.start();
    file.add(1);
    const settled = journal.settled();
    await expect.poll(() => file.get('1')?.problem).toBe('printer-paper-end');
    expect(file.get('1')).toMatchObject({ state: 'queued', copy: false, attempts: 0 });
    paper.setFault('none');
    await settled;
    expect(file.get('1')).toMatchObject({ state: 'confirmed', copy: false });
    await journal.stop();
    file.close();
  });

  it('whatever state a kill leaves: the number comes out, again only as a copy', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('queued', 'sending', 'sent'),
        fc.integer({ min: 0, max: 3 }),
        async (state, attempts) => {
          await rm(path, { force: true });
          await rm(`${path}-wal`, { force: true });
          const before = openFile();
          before.add(1);
          before.record('1', { state, copy: false, attempts, problem: null, certainty: null });
          before.close();
          const paper = await simulator();
          const file = openFile();
          const journal = createPrintJournal({
            store: file,
            printer: driver(paper.uri),
            encode,
            logger: silentLogger,
          });
          journal.start();
          await journal.settled();
          await journal.stop();
          file.close();
          expect(paper.papers().map(({ bitmap }) => bitmap.data[0])).toEqual([state === 'queued' ? 1 : 0x81]);
        },
      ),
      { numRuns: 6 },
    );
  });
});

describe('a journal file', () => {
  it('belongs to one process at a time', async () => {
    const file = openFile();
    file.add(1);
    const script = join(folder, 'other.mjs');
    await writeFile(
      script,
      `import { openJournalFile } from ${JSON.stringify(join(import.meta.dirname, 'journal-file.ts'))};
       console.log(JSON.stringify(openJournalFile(${JSON.stringify(path)})));`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'journal-busy' } });
    file.close();
  });

  it('that is none is refused and left as it is', async () => {
    await writeFile(
      path,
      'a letter to somebody, quite long enough to be looked at as a header of a file '.repeat(20),
    );
    expect(openJournalFile(path)).toMatchObject({ ok: false, error: { code: 'journal-foreign' } });
    await rm(path);
    const other = new Database(path);
    other.exec('CREATE TABLE jobs (id INTEGER)');
    other.close();
    expect(openJournalFile(path)).toMatchObject({ ok: false, error: { code: 'journal-foreign' } });
    expect(openJournalFile(join(folder, 'no', 'folder'))).toMatchObject({
      ok: false,
      error: { code: 'journal-unusable' },
    });
  });
});
