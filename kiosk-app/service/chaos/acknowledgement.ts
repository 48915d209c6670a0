import { createHash } from 'node:crypto';
import { createFileLayout } from '../store/file-layout.ts';
import { openStorage } from '../store/open-storage.ts';

/** What the kiosk said that it has done, and when: microseconds of the machine's monotonic clock. */
export type Acknowledgement = Said & { readonly at: number };

export type Said =
  | { readonly kind: 'begin' | 'end' }
  | { readonly kind: 'number'; readonly id: string; readonly number: number }
  | { readonly kind: 'page' | 'dossier'; readonly id: string; readonly sha256: string }
  | { readonly kind: 'receipt'; readonly id: string; readonly code: string };

/** The whole lines of a program that may have been stopped in the middle of one. */
export function readAcknowledgements(output: string): Acknowledgement[] {
  const lines = output.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Acknowledgement);
}

/**
 * Opens what the kiosk has on its disk and looks for everything that was acknowledged: rows, and the bytes behind them.
 * `readFrom`: only from this acknowledgement on are the bytes read, of those before it the rows alone (a long campaign
 * looks again and again, and reads everything once more at its end). Returns what is lost, doubled or damaged; empty
 * when all is well.
 */
export async function findLosses(
  data: string,
  said: readonly Acknowledgement[],
  readFrom = 0,
): Promise<string[]> {
  const losses: string[] = [];
  const storage = await openStorage(createFileLayout(data), undefined);
  const { db, blobs } = storage;
  try {
    const integrity = db.pragma('integrity_check(1)', { simple: true });
    if (integrity !== 'ok') losses.push(`database: ${integrity}`);
    const ticket = db.prepare<[string], number>('SELECT sequence FROM tickets WHERE id = ?').pluck();
    const page = db.prepare<[string], string>('SELECT sealed FROM pages WHERE id = ?').pluck();
    const dossier = db.prepare<[string], string>('SELECT file FROM dossiers WHERE id = ?').pluck();
    const code = db.prepare<[string], string>('SELECT dossier_code FROM dossiers WHERE id = ?').pluck();
    for (const [index, each] of said.entries())
      switch (each.kind) {
        case 'begin':
        case 'end':
          break;
        case 'number':
          if (ticket.get(each.id) !== each.number) losses.push(`number ${each.number}`);
          break;
        case 'receipt':
          if (code.get(each.id) !== each.code) losses.push(`receipt of ${each.id}`);
          break;
        case 'page':
        case 'dossier': {
          const ref = (each.kind === 'page' ? page : dossier).get(each.id);
          if (ref && index < readFrom) break;
          const found = ref ? await hashOf(ref).catch((error: Error) => error.message) : 'no row';
          if (found !== each.sha256) losses.push(`${each.kind} ${each.id}: ${found.slice(0, 60)}`);
        }
      }
    const doubled = db.prepare('SELECT count(*) - count(DISTINCT sequence) FROM tickets').pluck().get();
    if (doubled !== 0) losses.push(`${doubled} numbers given twice`);
    const orphans = db
      .prepare(
        `SELECT count(*) FROM dossiers WHERE state = 'sealed' AND id NOT IN (SELECT dossier_id FROM outbox)`,
      )
      .pluck()
      .get();
    if (orphans !== 0) losses.push(`${orphans} sealed dossiers that nobody will send`);
    return losses;
  } finally {
    db.close();
  }

  async function hashOf(ref: string): Promise<string> {
    const sealed = await blobs.open(ref);
    const hash = createHash('sha256');
    for await (const chunk of sealed.read(0, sealed.size)) hash.update(chunk as Buffer);
    return hash.digest('hex');
  }
}
