/**
 * `node --import mutant.ts …` with MUTANT=name: breaks one line of the program while it is loaded. A harness that does
 * not notice it proves nothing. A mutant whose line is no longer there stops the process: none goes stale unseen.
 */
import { registerHooks } from 'node:module';

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
    { file: 'city-gateway/dossier-store.ts', from: 'if (row.claims !== null) return row.claims;', to: '' },
    { file: 'city-gateway/dossier-store.ts', from: 'where id = ? and receipt is null', to: 'where id = ?' },
  ],
};

const changes = mutants[process.env['MUTANT'] ?? ''];
if (!changes) throw new Error('MUTANT names no mutant');
registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    const own = changes.filter(({ file }) => url.endsWith(file));
    if (own.length === 0 || !loaded.source) return loaded;
    let text = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    for (const { file, from, to } of own) {
      if (!text.includes(from)) throw new Error(`the mutant's line is no longer in ${file}`);
      text = text.replace(from, to);
    }
    return { ...loaded, source: text };
  },
});
