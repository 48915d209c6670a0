import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemIds } from '@motcua/core';
import { openSeal, type Seal } from '@motcua/ocr-pipeline/dossier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresPrograms, startTestPostgres, type TestPostgres } from './simulators/postgres-test-bench.ts';
import { startTestS3, type TestS3 } from './simulators/s3-test-bench.ts';
import {
  createTestKiosk,
  makeTestDossier,
  type TestDossier,
  type TestKiosk,
} from './simulators/test-kiosk.ts';

/** Three real processes on one PostgreSQL and one bucket; killed without warning. */
interface Member {
  readonly kiosk: TestKiosk;
  start(): Promise<void>;
  kill(): Promise<void>;
}

const ids = systemIds(systemClock);
let folder: string;
let postgres: TestPostgres;
let s3: TestS3;
let seal: Seal;
let members: readonly Member[] = [];

function createMember(number: number, databaseUrl: string): Member {
  let url = '';
  let child: ChildProcess | undefined;
  return {
    kiosk: createTestKiosk(() => url),
    start: async () => {
      child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
        env: {
          ...process.env,
          MOTCUA_CITY_DATA: join(folder, `member${number}`),
          MOTCUA_CITY_TRUST: join(folder, 'trust'),
          MOTCUA_CITY_RECEIPT_KEY: join(folder, 'receipt-key'),
          MOTCUA_CITY_PORT: '0',
          MOTCUA_CITY_DB: databaseUrl,
          MOTCUA_CITY_STORE: `s3://${s3.bucket}`,
          MOTCUA_CITY_S3_ENDPOINT: s3.access.endpoint,
          AWS_ACCESS_KEY_ID: s3.access.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: s3.access.credentials.secretAccessKey,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      url = await new Promise<string>((resolve, reject) => {
        let seen = '';
        child?.stderr?.on('data', (chunk: Buffer) => {
          seen += chunk.toString();
          const address = /"address":"([^"]+)"/.exec(seen)?.[1];
          if (address !== undefined) resolve(address);
        });
        child?.once('exit', () => reject(new Error(seen.slice(-1_000))));
      });
    },
    kill: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

beforeAll(async () => {
  if (postgresPrograms() === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'gateways-'));
  [postgres, s3] = await Promise.all([startTestPostgres(), startTestS3()]);
  seal = await openSeal({
    folder: join(folder, 'keys'),
    clock: systemClock,
    kioskId: 'K-27475-01',
    kioskName: 'Kiosk',
  });
  await mkdir(join(folder, 'trust'));
  await writeFile(join(folder, 'trust', 'kiosk.pem'), seal.certificatePem);
  const databaseUrl = await postgres.newDatabase();
  members = [1, 2, 3].map((number) => createMember(number, databaseUrl));
  // The first makes the receipt key that all of them sign with; the others migrate at the same time.
  await members[0]?.start();
  await Promise.all(members.slice(1).map((member) => member.start()));
});
afterAll(async () => {
  for (const member of members) {
    member.kiosk.close();
    await member.kill();
  }
  await postgres?.close();
  await s3?.close();
});

const dossier = (bytesPerPaper: number) =>
  makeTestDossier({ folder, seal, clock: systemClock, ids, bytesPerPaper });
const at = (index: number) => members[index % members.length]!;

/** As a kiosk does it: asks how far it is and goes on, at whichever gateway the address leads to now. */
async function upload(one: TestDossier, chunk: number, turn: () => Member): Promise<{ sent: number }> {
  await turn().kiosk.announce(one);
  let sent = 0;
  for (let tries = 0; tries < 200; tries++) {
    const offset = Number(
      (
        await turn()
          .kiosk.head(one)
          .catch(() => undefined)
      )?.headers['upload-offset'] ?? NaN,
    );
    if (offset === one.bytes.length) return { sent };
    if (Number.isNaN(offset)) continue;
    const part = one.bytes.subarray(offset, offset + chunk);
    sent += part.length;
    await turn()
      .kiosk.send(one, part, offset)
      .catch(() => undefined);
  }
  throw new Error('the upload does not come to an end');
}

describe.skipIf(postgresPrograms() === undefined)('several gateways behind one address', () => {
  it('take an upload together, each chunk at another one, and commit it once', async () => {
    const one = await dossier(200_000);
    let turns = 0;
    const { sent } = await upload(one, 60_000, () => at(turns++));
    expect(sent).toBe(one.bytes.length);
    const answers = await Promise.all([0, 1, 2, 0, 1, 2].map((index) => at(index).kiosk.commit(one)));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(await at(2).kiosk.claimsOf(answers[0]!)).toMatchObject({
      dossierId: one.id,
      sha256: one.manifest.sha256,
    });
    expect(await readFile(join(s3.folder, 'dossiers', `${one.id}.asice._S3rver_object`))).toEqual(one.bytes);
  });

  it('one that is killed in the middle of a chunk, or of a commit, loses and doubles nothing', async () => {
    const codes: (string | undefined)[] = [];
    for (let round = 0; round < 4; round++) {
      const one = await dossier(100_000);
      const victim = at(round);
      const other = at(round + 1);
      await victim.kiosk.announce(one);
      const half = one.bytes.length / 2;
      const running =
        round % 2 === 0
          ? victim.kiosk.send(one)
          : upload(one, half, () => victim).then(() => victim.kiosk.commit(one));
      // At another moment each time: while the bytes go, while they are verified, after the number was given.
      const killed = new Promise((resolve) => setTimeout(resolve, round * 15)).then(() => victim.kill());
      await Promise.allSettled([running, killed]);
      const { sent } = await upload(one, half, () => other);
      expect(sent).toBeLessThanOrEqual(one.bytes.length);
      const answer = await other.kiosk.commit(one);
      expect(answer.status).toBe(200);
      await victim.start();
      expect((await victim.kiosk.commit(one)).text).toBe(answer.text);
      codes.push((await other.kiosk.claimsOf(answer)).dossierCode);
    }
    const numbers = codes.map((code) => Number(code?.slice(-4)));
    expect(numbers).toEqual(numbers.map((_, index) => index + numbers[0]!));
  });

  it('an upload that hangs at one is taken over at another', async () => {
    const one = await dossier(50_000);
    await at(0).kiosk.announce(one);
    const socket = connect(at(0).kiosk.port(), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `PATCH /uploads/${one.id} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: ${one.bytes.length}\r\n\r\n`,
    );
    socket.write(one.bytes.subarray(0, 5_000));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const offset = Number((await at(1).kiosk.head(one)).headers['upload-offset']);
    // What came to the first one before it let go is not sent again.
    expect(offset).toBe(5_000);
    expect((await at(1).kiosk.send(one, one.bytes.subarray(offset), offset)).status).toBe(204);
    expect((await at(2).kiosk.commit(one)).status).toBe(200);
    socket.destroy();
  });
});
