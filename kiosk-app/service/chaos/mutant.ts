/**
 * `node --import mutant.ts …` with MUTANT=name: breaks one line of the program while it is loaded. A harness that does
 * not notice it proves nothing. A mutant whose line is no longer there stops the process: none goes stale unseen.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';

interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const mutants: Readonly<Record<string, readonly Change[]>> = {
  'default-synchronous': [
    {
      file: 'service/store/database.ts',
      from: `db.pragma('synchronous = FULL');\n    db.pragma('foreign_keys`,
      to: `db.pragma('synchronous = NORMAL');\n    db.pragma('foreign_keys`,
    },
    {
      file: 'service/store/database.ts',
      from: `if (db.pragma('synchronous', { simple: true }) !== 2)`,
      to: 'if (false)',
    },
  ],
  // Whatever the service answers stands in a transaction that ends with the process.
  'acknowledge-before-commit': [
    {
      file: 'service/store/database.ts',
      from: 'assertDurable(db);\n    return { db, migrated };',
      to: `assertDurable(db);
    const own = db;
    const close = own.close.bind(own);
    own.exec('BEGIN');
    own.close = () => (own.exec('COMMIT'), close());
    return { db, migrated };`,
    },
    // Not possible within one.
    { file: 'service/store/database.ts', from: `db.pragma('wal_checkpoint(TRUNCATE)');`, to: '' },
  ],
  'missing-blob-fsync': [{ file: 'service/store/blobs/blob-store.ts', from: 'await handle.sync();', to: '' }],
  'missing-folder-fsync': [
    { file: 'service/store/blobs/blob-store.ts', from: 'await syncFolder(home);', to: '' },
  ],
  'commit-before-fsync': [
    {
      file: 'service/store/blobs/blob-store.ts',
      from: 'await handle.sync();\n        } finally {\n          await handle.close();\n        }',
      to: 'setTimeout(() => handle.sync().then(() => handle.close()), 400);\n        } finally {\n        }',
    },
  ],
  'non-idempotent-commit': [
    { file: 'city-gateway/commit.ts', from: 'if (row.receipt !== null) return ok(row.receipt);', to: '' },
    {
      file: 'city-gateway/commit.ts',
      from: 'let claims = row.claims;',
      to: 'let claims: string | null = null;',
    },
    {
      file: 'city-gateway/database/dossier-store.ts',
      from: 'if (row.claims !== null) return row.claims;',
      to: '',
    },
    {
      file: 'city-gateway/database/dossier-store.ts',
      from: `insertInto('handovers').values({ dossier_id: id, next_attempt_at: now.getTime() })`,
      to: `insertInto('handovers').values({ dossier_id: id, next_attempt_at: now.getTime() }).onConflict((on) => on.doNothing())`,
    },
    { file: 'city-gateway/database/dossier-store.ts', from: `.where('receipt', 'is', null)`, to: '' },
  ],
};

const changes = mutants[process.env['MUTANT'] ?? ''];
if (!changes) throw new Error('MUTANT names no mutant');
for (const { file, from } of changes)
  if (!readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8').includes(from))
    throw new Error(`the mutant's line is no longer in ${file}`);
registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    const own = changes.filter(({ file }) => url.endsWith(file));
    if (own.length === 0 || !loaded.source) return loaded;
    let text = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    for (const { from, to } of own) text = text.replace(from, to);
    return { ...loaded, source: text };
  },
});
