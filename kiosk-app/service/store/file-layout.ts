import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the service keeps what. Everything below `data` belongs to the service's user alone. */
export interface FileLayout {
  readonly database: string;
  readonly keys: string;
  readonly dossiers: string;
  /** Scanned pages and what digitising makes of them, a folder per visit. */
  readonly work: (visitId: string) => string;
}

export function createFileLayout(dataFolder: string): FileLayout {
  const make = (folder: string) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  };
  make(dataFolder);
  const dossiers = make(join(dataFolder, 'dossiers'));
  const keys = make(join(dataFolder, 'keys'));
  make(join(dataFolder, 'work'));
  return {
    database: join(dataFolder, 'kiosk.sqlite'),
    keys,
    dossiers,
    work: (visitId) => make(join(dataFolder, 'work', visitId)),
  };
}
