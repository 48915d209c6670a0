import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const INSTALLED = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root: `nobody` then. */
const NOBODY = 65_534;

export interface TestPostgres {
  /** Of a database that nobody else uses; a new one at each call. */
  newDatabase(): Promise<string>;
  /** Immediate shutdown of all its processes, without a checkpoint: as a crash; `start` recovers. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** The folder of Debian's programs, newest version; undefined when it is not installed. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined;
  const versions = readdirSync(INSTALLED).map(Number).filter(Number.isInteger);
  const newest = join(INSTALLED, String(Math.max(...versions)), 'bin');
  return versions.length > 0 && existsSync(join(newest, 'initdb')) ? newest : undefined;
}

/** A real PostgreSQL of its own in a temporary folder, started by hand, on a free port of the loopback address. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('PostgreSQL is not installed (Debian package postgresql)');
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid !== undefined) for (const path of [folder, passwordFile]) await chown(path, NOBODY, NOBODY);
  const data = join(folder, 'data');
  await promisify(execFile)(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'city', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--no-locale'],
    { ...user, cwd: folder, timeout: 60_000 },
  );
  const port = await freePort();
  const urlOf = (database: string) => `postgres://city:${password}@127.0.0.1:${port}/${database}`;
  let server: ChildProcess | undefined;
  let databases = 0;

  const start = async () => {
    const settings = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
      'max_connections=60',
    ];
    server = spawn(
      join(programs, 'postgres'),
      ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
      { ...user, cwd: folder, stdio: 'ignore' },
    );
    for (let tries = 0; ; tries++) {
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        // Recovery syncs every file first, which takes its time on a busy disk.
        if (tries > 900) throw error;
        await pause(50);
      }
    }
  };
  const stop = async (signal: NodeJS.Signals) => {
    const running = server;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await ended;
  };
  await start();
  return {
    start,
    newDatabase: async () => {
      const name = `city${++databases}`;
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return urlOf(name);
    },
    // SIGKILL would leave its children answering for a while.
    kill: () => stop('SIGQUIT'),
    close: async () => {
      await stop('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
