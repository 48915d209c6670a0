import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chooseWorkingFolder } from './working-folder.ts';

/** Where the service keeps what. Everything below `data` belongs to the service's user alone. */
export interface FileLayout {
  readonly data: string;
  readonly database: string;
  readonly keys: string;
  /** Encrypted pages and dossiers, a folder per visit and per dossier. */
  readonly blobs: string;
  /** Copies of the database. */
  readonly backups: string;
  /** Plain files, in memory: pages in work and what digitising makes of them. */
  readonly working: string;
  /** False: this machine offers no memory file system. */
  readonly workingInMemory: boolean;
  /** Temporary files of the programs that the service starts. */
  readonly scratch: string;
  /** The visit's folder of plain files; made if it is not there. */
  readonly work: (visitId: string) => string;
}

/** `runFolder`: emptied by a reboot; on the appliance it lies in memory. */
export function createFileLayout(dataFolder: string, runFolder?: string): FileLayout {
  const make = (folder: string) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  };
  make(dataFolder);
  const candidates = [runFolder, process.env['XDG_RUNTIME_DIR'], '/dev/shm'];
  const working = chooseWorkingFolder(dataFolder, candidates);
  return {
    data: dataFolder,
    database: join(dataFolder, 'kiosk.sqlite'),
    keys: make(join(dataFolder, 'keys')),
    blobs: make(join(dataFolder, 'blobs')),
    backups: join(dataFolder, 'backups'),
    working: working.path,
    workingInMemory: working.inMemory,
    scratch: make(join(working.path, 'scratch')),
    work: (visitId) => make(join(working.path, visitId)),
  };
}
