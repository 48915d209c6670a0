import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurable } from '@motcua/core';
import type { DemoOutcome, ReportedPage } from './demo-report.ts';

/** What the demo remembers of its visit beside the data of kiosk and city: after a kill it goes on from here. */
export interface VisitRecord {
  /** Page images to hand in; null: specimens of the repository. */
  readonly files: readonly string[] | null;
  readonly keep: string;
  /** How often the demo was started for this visit. */
  readonly starts: number;
  readonly visitId: string | null;
  readonly ticketNumber: string | null;
  readonly dossierId: string | null;
  /** By page id, the file that was laid on the glass. */
  readonly sources: Readonly<Record<string, string>>;
  /** Pages that could not be read and were taken out again. */
  readonly takenOut: readonly ReportedPage[];
  readonly pages: readonly ReportedPage[];
  /** Known before the person presses Finish, which wipes the visit. */
  readonly outcome: DemoOutcome | null;
  /** Reported, or ended in a failure: there is nothing to go on with. */
  readonly over: boolean;
}

export interface VisitMemory {
  now(): VisitRecord;
  /** On the disk when it resolves. */
  change(part: Partial<VisitRecord>): Promise<void>;
}

export function newVisit(files: readonly string[] | null, keep: string): VisitRecord {
  return {
    files,
    keep,
    starts: 1,
    visitId: null,
    ticketNumber: null,
    dossierId: null,
    sources: {},
    takenOut: [],
    pages: [],
    outcome: null,
    over: false,
  };
}

/** `save` makes a change last; left out, it lives as long as the process. */
export function createVisitMemory(
  first: VisitRecord,
  save: (record: VisitRecord) => Promise<void> = async () => undefined,
): VisitMemory {
  let record = first;
  return {
    now: () => record,
    change: async (part) => {
      record = { ...record, ...part };
      await save(record);
    },
  };
}

const fileIn = (folder: string) => join(folder, 'visit.json');

/** Null where no visit broke off: nothing is there, it came to its end, or it was of other pages. */
export async function findBrokenOff(
  folder: string,
  files: readonly string[] | null,
): Promise<VisitRecord | null> {
  try {
    const record = JSON.parse(await readFile(fileIn(folder), 'utf8')) as VisitRecord;
    const same = JSON.stringify(record.files) === JSON.stringify(files);
    return same && !record.over ? record : null;
  } catch {
    return null;
  }
}

export const saveIn = (folder: string) => (record: VisitRecord) =>
  writeFileDurable(fileIn(folder), JSON.stringify(record));
