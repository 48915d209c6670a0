import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ExportEnvelope, openEnvelope, openSealedFile } from '@motcua/service/outbox';
import { createFileLayout, openStorage } from '@motcua/service/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCommand } from './cli-test-bench.ts';
import { type Demo, startDemo } from './demo/start-demo.ts';

const run = promisify(execFile);
const city = generateKeyPairSync('ec', { namedCurve: 'P-256' });
/** More than one portion of the service's list. */
const COUNT = 520;
const idOf = (index: number) => `01K6Z${String(index).padStart(21, '0')}`;
/** Of many sizes, so that a disk fills up anywhere in a file. */
const bytesOf = (index: number) => 2_000 + ((index * 7_919) % 30_000);

let folder: string;
let demo: Demo;
let home: Awaited<ReturnType<typeof openCommand>>;
const made = new Map<string, string>();

/** A kiosk whose outbox is long, and whose city cannot be reached. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'motcua-export-'));
  home = await openCommand();
  const exportKey = join(folder, 'city-key.pem');
  await writeFile(exportKey, city.publicKey.export({ type: 'spki', format: 'pem' }));
  await fillOutbox();
  demo = await startDemo({
    folder: join(folder, 'kiosk'),
    adjust: (site) => ({ ...site, city: { ...site.city, baseUrl: 'http://127.0.0.1:9', exportKey } }),
  });
}, 60_000);
afterAll(async () => {
  await demo?.close();
  await run('umount', ['-l', join(folder, 'stick')]).catch(() => undefined);
  for (const gone of [folder, home.folder]) await rm(gone, { recursive: true, force: true });
});

async function fillOutbox(): Promise<void> {
  const files = createFileLayout(join(folder, 'kiosk', 'data'), join(folder, 'kiosk', 'run'));
  await mkdir(files.working, { recursive: true });
  const { blobs, db } = await openStorage(files);
  // Only to be quick: nobody pulls a plug here.
  db.pragma('synchronous = OFF');
  const plain = join(folder, 'plain');
  for (let index = 0; index < COUNT; index++) {
    const id = idOf(index);
    const content = randomBytes(bytesOf(index));
    const sha256 = createHash('sha256').update(content).digest('hex');
    made.set(id, sha256);
    await writeFile(plain, content);
    const file = await blobs.put(id, plain);
    const about = { kioskId: 'demo-kiosk', procedureCode: '2.000815', documents: [] };
    const manifest = JSON.stringify({ dossierId: id, size: content.length, sha256, ...about });
    db.prepare(
      `INSERT INTO visits (id, version, step_version, step, language, started_at, active_at, ended_at, wiped)
       VALUES (?, 1, 1, 'finish', 'vi', 1, 1, 2, 1)`,
    ).run(id);
    db.prepare(
      `INSERT INTO dossiers (id, visit_id, state, procedure_code, file, sha256, manifest, sealed_at)
       VALUES (?, ?, 'sealed', '2.000815', ?, ?, ?, 1)`,
    ).run(id, id, file, sha256, manifest);
    db.prepare('INSERT INTO outbox (dossier_id, next_attempt_at, turn, ready) VALUES (?, 1, 1, 1)').run(id);
  }
  db.close();
}

const exportTo = (stick: string, ...options: readonly string[]) =>
  home.motcua(['outbox', 'export', stick, '--config', demo.configFile, ...options]);

/** Ids of what lies whole on a stick, each opened with the city's key and hashed; anything half fails. */
async function wholeOn(stick: string): Promise<readonly string[]> {
  const names = (await readdir(stick)).filter((name) => name !== 'filling');
  const ids = [...new Set(names.map((name) => name.slice(0, 26)))].sort();
  expect(names.sort()).toEqual(ids.flatMap((id) => [`${id}.motcua`, `${id}.motcua.json`]));
  for (const id of ids) {
    const envelope = ExportEnvelope.parse(
      JSON.parse(await readFile(join(stick, `${id}.motcua.json`), 'utf8')),
    );
    const key = openEnvelope(envelope, city.privateKey)!;
    const content = await openSealedFile(join(stick, `${id}.motcua`), { key, name: envelope.blob });
    const hash = createHash('sha256');
    for await (const chunk of content.read(0, content.size)) hash.update(chunk as Buffer);
    expect(hash.digest('hex'), id).toBe(made.get(id));
  }
  return ids;
}

/** KiB of a disk on which the file of the dossier after the first `whole` ones has room, but not its envelope. */
async function kibibytesUntilEnvelope(whole: number): Promise<number> {
  const pagesOf = async (index: number) => {
    const home = join(demo.dataFolder, 'blobs', idOf(index));
    const { size } = await stat(join(home, (await readdir(home))[0]!));
    return Math.ceil(size / 4_096);
  };
  let pages = 0;
  for (let index = 0; index < whole; index++) pages += (await pagesOf(index)) + 1;
  return (pages + (await pagesOf(whole))) * 4;
}

describe('a long outbox on sticks', () => {
  it('goes over in portions, onto as many sticks as it needs, each dossier whole and once', async ({
    skip,
  }) => {
    const stick = join(folder, 'stick');
    await mkdir(stick);
    const size = `size=${await kibibytesUntilEnvelope(200)}k`;
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', stick]).then(
      () => true,
      () => false,
    );
    if (!mounted) return skip('this machine cannot mount a disk of its own');
    const full = await exportTo(stick);
    expect(full.status).toBe(1);
    expect(full.err).toMatch(
      /^motcua outbox export: the stick is full: \d+ dossiers were copied whole; go on/,
    );
    const [, after = ''] = /"--after (\w+)"/.exec(full.err) ?? [];
    const first = await wholeOn(stick);
    expect(first).toHaveLength(200);
    expect(first.at(-1)).toBe(after);
    expect(full.err).toContain(`${first.length} dossiers`);

    // The same stick once more has no room for any, and nothing on it is harmed.
    expect(await exportTo(stick, '--after', after, '--json')).toMatchObject({ status: 1 });
    expect(await wholeOn(stick)).toEqual(first);

    const large = join(folder, 'large');
    await mkdir(large);
    const rest = await exportTo(large, '--after', after);
    expect(rest).toMatchObject({ status: 0, err: '' });
    expect(rest.out).toContain(`${COUNT - first.length} dossiers in ${large}`);
    const second = await wholeOn(large);
    expect([...first, ...second]).toEqual([...made.keys()]);
    // They stay until the city’s receipt.
    const outbox = await home.motcua(['outbox', '--config', demo.configFile, '--json']);
    expect((JSON.parse(outbox.out) as { waiting: unknown[] }).waiting).toHaveLength(COUNT);

    await run('mount', ['-o', 'remount,ro', stick]);
    const readOnly = await exportTo(stick);
    expect(readOnly.status).toBe(1);
    expect(readOnly.err).toContain(`the disk of ${stick} is read-only: 0 dossiers were copied whole`);
  }, 90_000);

  it('all at once, in two portions; one whose file is gone is named and keeps none of the others', async () => {
    const gone = idOf(7);
    await rm(join(demo.dataFolder, 'blobs', gone), { recursive: true });
    const stick = join(folder, 'all');
    await mkdir(stick);
    const ended = await exportTo(stick, '--json');
    expect(ended.status).toBe(1);
    const { exported, unreadable } = JSON.parse(ended.out) as { exported: string[]; unreadable: string[] };
    expect(unreadable).toEqual([gone]);
    expect(exported).toEqual([...made.keys()].filter((id) => id !== gone));
    expect(await wholeOn(stick)).toEqual(exported);
  }, 90_000);
});
