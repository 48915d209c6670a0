import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  OfficerDossierSummary,
  OfficerDossierView,
  OfficerTokenView,
  Problem,
  SignatureAnswer,
} from '@motcua/contract';
import { err, exec, ok, unwrap } from '@motcua/core';
import { extractDossier, readDossierMetadata, verifyDossier } from '@motcua/ocr-pipeline/dossier';
import { openSoftHsm, SOFT_HSM_PIN, type SoftHsm } from '@motcua/ocr-pipeline/simulators';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UploadClient } from '../outbox/upload-client.ts';
import { createPrinterBench, type PrinterBench } from '../printer-test-bench.ts';
import {
  acceptAtOnce,
  cannedPage,
  openTestKiosk,
  submitter,
  type TestKiosk,
  unreachable,
} from '../service-test-bench.ts';

const PASSWORD = 'hoa sen trắng 27';
const OFFICER = { login: 'huong', fullName: 'Nguyễn Thị Hường', position: 'Công chức' };
let token: string;
let hsm: SoftHsm;
beforeAll(() => {
  token = mkdtempSync(join(tmpdir(), 'officer-token-'));
  hsm = openSoftHsm(token);
  hsm.addToken('huong');
  hsm.addKey('huong', 'p256', OFFICER.fullName);
  process.env['SOFTHSM2_CONF'] = hsm.module.env.SOFTHSM2_CONF;
});
afterAll(() => rmSync(token, { recursive: true, force: true }));

let bench: PrinterBench;
let kiosk: TestKiosk;
let upload: UploadClient['upload'];
let cookie = '';
beforeEach(async () => {
  upload = acceptAtOnce;
  bench = await createPrinterBench();
  kiosk = await openTestKiosk({
    printer: bench.printer,
    upload: (request) => upload(request),
    site: (site) => ({ ...site, officer: { ...site.officer, pkcs11Module: hsm.module.modulePath } }),
    digitise: async (job) => {
      const page = await cannedPage(job);
      const label = { vi: 'Họ và tên', en: 'Full name' };
      const box = { x: 100, y: 100, width: 200, height: 30 };
      const check = { name: 'none', outcome: 'none' } as const;
      const field = { name: 'fullName', value: submitter.fullName, box, confidence: 40, check, label };
      return ok({ ...page, fields: [field] });
    },
  });
  cookie = '';
  // The test's certificates hold from today on.
  kiosk.clock.set(new Date());
});
afterEach(async () => {
  await kiosk.close();
  await bench.close();
});

async function ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) {
  const answer = await kiosk.service.app.inject({
    method,
    url: `/officer/api/${path}`,
    headers: {
      host: kiosk.headers.host,
      cookie,
      ...(method !== 'GET' && { 'content-type': 'application/json' }),
    },
    ...(method !== 'GET' && { payload: JSON.stringify(payload ?? {}) }),
  });
  return {
    status: answer.statusCode,
    answer,
    body: (answer.headers['content-type']?.includes('json') ? answer.json() : {}) as T,
  };
}

/** A person hands in a dossier and leaves. */
async function handIn(): Promise<string> {
  await kiosk.walkTo('review');
  await kiosk.done({ type: 'submit' });
  const { submission } = await kiosk.until((visit) => visit.step === 'receipt');
  await kiosk.done({ type: 'finish' });
  return submission.dossierId!;
}

async function technician(order: object) {
  const answer = await kiosk.service.app.inject({
    method: 'POST',
    url: '/api/officers',
    headers: kiosk.headers,
    payload: order,
  });
  return answer.json() as { problem: Problem | null };
}

async function logIn(): Promise<void> {
  expect(await technician({ change: 'add', ...OFFICER, password: PASSWORD })).toEqual({ problem: null });
  const { status, answer } = await ask('POST', 'session', { login: 'huong', password: PASSWORD });
  expect(status).toBe(200);
  const set = String(answer.headers['set-cookie']);
  expect(set).toMatch(/HttpOnly; SameSite=Strict/);
  expect(set).toMatch(/Path=\/officer/);
  cookie = set.split(';')[0]!;
}

async function sign(dossierIds: readonly string[], pin: string = SOFT_HSM_PIN, role = 'officer') {
  const { body } = await ask<{ tokens: OfficerTokenView[] }>('GET', 'tokens');
  const [found] = body.tokens;
  expect(found?.certificates[0]).toMatchObject({ name: OFFICER.fullName, own: true, current: true });
  const order = {
    dossierIds,
    role,
    serial: found!.serial,
    fingerprint: found!.certificates[0]!.fingerprint,
    pin,
  };
  return (await ask<SignatureAnswer>('POST', 'signatures', order)).body;
}

const list = async () => (await ask<{ dossiers: OfficerDossierSummary[] }>('GET', 'dossiers')).body.dossiers;
const versions = () =>
  kiosk.db
    .prepare<[], Record<string, string>>('SELECT * FROM dossier_versions ORDER BY decided_at, id')
    .all();

/** The newest version as it would go to the city, plain. */
async function newestVersion() {
  const row = versions().at(-1)!;
  const folder = join(kiosk.folder, 'out');
  await mkdir(folder, { recursive: true });
  const container = join(folder, `${row['id']}.asice`);
  await kiosk.storage.blobs.restore(row['file']!, container);
  const seen = await verifyDossier(container, {
    trust: [kiosk.certificatePem, hsm.authority],
    at: kiosk.clock.now(),
  });
  const pdfs = await extractDossier(container, folder, (name) => name.endsWith('.pdf'));
  return { row, seen, pdf: pdfs[0]!, metadata: (await readDossierMetadata(container))! };
}

describe('the log-in of officers', () => {
  it('is apart from the kiosk’s: neither its token opens the desk, nor the desk’s cookie the kiosk', async () => {
    await handIn();
    cookie = `motcua_session=${kiosk.token}`;
    expect((await ask<Problem>('GET', 'dossiers')).body.code).toBe('officer-session-over');
    const withBearer = await kiosk.service.app.inject({
      url: '/officer/api/dossiers',
      headers: kiosk.headers,
    });
    expect(withBearer.statusCode).toBe(401);
    await logIn();
    const other = await kiosk.service.app.inject({
      url: '/api/kiosk',
      headers: { host: kiosk.headers.host, cookie },
    });
    expect(other.statusCode).toBe(401);
    // The kiosk's window has the token in a cookie, never in a header: it cannot make accounts.
    const fromWindow = await kiosk.service.app.inject({
      method: 'POST',
      url: '/api/officers',
      headers: { host: kiosk.headers.host, cookie: `motcua_session=${kiosk.token}` },
      payload: { change: 'add', ...OFFICER, login: 'gian', password: PASSWORD },
    });
    expect(fromWindow.statusCode).toBe(403);
  });

  it('ends with a wrong password, by leaving, and at once when the account is closed', async () => {
    await logIn();
    expect((await ask<Problem>('POST', 'session', { login: 'huong', password: 'sai' })).body.code).toBe(
      'officer-login-wrong',
    );
    expect((await ask('GET', 'session')).status).toBe(200);
    await technician({ change: 'disable', login: 'huong' });
    expect((await ask('GET', 'session')).status).toBe(401);
    const { code, what } = (await ask<Problem>('GET', 'dossiers')).body;
    expect([code, what.vi]).toEqual(['officer-session-over', 'Phiên làm việc đã kết thúc.']);
  });
});

describe('an officer', () => {
  it('reads what was handed in: who, what, pages, fields and where they stand; and it is on record', async () => {
    const id = await handIn();
    await logIn();
    const [short] = await list();
    expect(short).toMatchObject({
      id,
      submitter: submitter.fullName,
      pages: 1,
      doubtful: 1,
      state: 'waiting',
      city: 'accepted',
    });
    const { body } = await ask<OfficerDossierView>('GET', `dossiers/${id}`);
    const [page] = body.paperList[0]!.pages;
    expect(body.parties[0]?.personNumber).toBe(submitter.personNumber);
    expect(page!.fields[0]).toMatchObject({
      label: 'Họ và tên',
      value: submitter.fullName,
      state: 'doubtful',
    });
    for (const url of [page!.imageUrl, page!.fields[0]!.snippetUrl!]) {
      const picture = await ask('GET', url.replace('/officer/api/', ''));
      expect(picture.answer.headers['content-type']).toBe('image/jpeg');
      expect(picture.answer.headers['cache-control']).toBe('no-store');
      expect(picture.answer.rawPayload.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    }
    for (const path of [
      `dossiers/${id}/papers/0/pages/9`,
      `dossiers/${id}/papers/0/pages/0/fields/7`,
      'dossiers/x',
    ])
      expect((await ask('GET', path)).status).toBe(404);
    const opened = kiosk.db
      .prepare(`SELECT count(*) FROM audit WHERE event = 'officer-opened'`)
      .pluck()
      .get();
    expect(opened).toBe(1);
  });

  it('signs with the token, and the signed version follows the first one to the city', async () => {
    const sent: string[] = [];
    upload = (request) => {
      sent.push(request.dossierId);
      return acceptAtOnce(request);
    };
    const id = await handIn();
    await logIn();
    expect(await sign([id])).toEqual({ outcomes: [{ dossierId: id, problem: null }], problem: null });
    const { row, seen, pdf, metadata } = await newestVersion();
    expect(seen.verdict).toBe('valid');
    expect(metadata.previousVersion?.dossierId).toBe(id);
    expect(metadata.decision).toMatchObject({ outcome: 'signed', officer: { fullName: OFFICER.fullName } });
    await acceptedByOthers(pdf);
    await expect.poll(() => sent).toEqual([id, row['id']]);
    await expect
      .poll(async () => (await list())[0])
      .toMatchObject({
        state: 'signed',
        city: 'accepted',
        decidedBy: OFFICER.fullName,
      });
    // The first version is untouched.
    expect(kiosk.db.prepare('SELECT state FROM dossiers').pluck().get()).toBe('accepted');
    // The agency signs on top; nobody signs or rejects in the officer's place a second time.
    expect((await sign([id], SOFT_HSM_PIN, 'agency')).outcomes[0]?.problem).toBeNull();
    expect((await list())[0]?.state).toBe('certified');
    expect((await sign([id])).outcomes[0]?.problem?.code).toBe('dossier-decided');
    expect(
      (await ask<{ problem: Problem }>('POST', `dossiers/${id}/rejection`, { reason: 'trang mờ' })).body
        .problem.code,
    ).toBe('dossier-decided');
    expect(versions()).toHaveLength(2);
  });

  it('has nothing signed with a wrong PIN, and learns how it stands with the token', async () => {
    const id = await handIn();
    await logIn();
    const wrong = await sign([id], '111111');
    expect([wrong.problem?.code, wrong.outcomes]).toEqual(['token-pin-wrong-few-left', []]);
    expect(versions()).toEqual([]);
    expect((await sign([id])).problem).toBeNull();
    // The PIN is nowhere: not in the database, not in a file.
    expect(await kiosk.everythingKept()).not.toContain(SOFT_HSM_PIN);
  });

  it('signs several at once; one that is gone does not keep the others back', async () => {
    const ids = [await handIn(), await handIn()];
    await logIn();
    const gone = '01K6Z00000000000000000000A';
    const { outcomes } = await sign([ids[0]!, gone, ids[1]!]);
    expect(outcomes.map(({ problem }) => problem?.code ?? null)).toEqual([null, 'dossier-gone', null]);
    expect(
      versions()
        .map((row) => row['dossier_id'])
        .sort(),
    ).toEqual([...ids].sort());
  });

  it('returns a dossier with a reason, which travels to the city with it', async () => {
    const id = await handIn();
    await logIn();
    const reason = 'Trang 1 mờ, không đọc được số định danh';
    expect((await ask('POST', `dossiers/${id}/rejection`, { reason: '  ' })).status).toBe(400);
    expect((await ask('POST', `dossiers/${id}/rejection`, { reason })).body).toEqual({ problem: null });
    expect((await list())[0]).toMatchObject({ state: 'rejected', reason });
    const { seen, metadata } = await newestVersion();
    expect([seen.verdict, metadata.decision?.outcome, metadata.decision?.reason]).toEqual([
      'valid',
      'rejected',
      reason,
    ]);
    expect((await sign([id])).outcomes[0]?.problem?.code).toBe('dossier-decided');
    const audit = kiosk.db.prepare(`SELECT data FROM audit WHERE event = 'officer-rejected'`).pluck().all();
    expect(audit).toHaveLength(1);
    expect(String(audit[0])).not.toContain(reason);
  });

  it('decides while the city is away; nothing is sent before the version it follows', async () => {
    const sent: string[] = [];
    upload = async (request) => {
      sent.push(request.dossierId);
      return err(unreachable);
    };
    const id = await handIn();
    await logIn();
    await sign([id]);
    expect((await list())[0]).toMatchObject({ state: 'signed', city: 'waiting' });
    expect(new Set(sent)).toEqual(new Set([id]));
    upload = (request) => {
      sent.push(request.dossierId);
      return acceptAtOnce(request);
    };
    await kiosk.service.app.inject({
      method: 'POST',
      url: '/api/outbox/retries',
      headers: kiosk.headers,
      payload: {},
    });
    await expect.poll(async () => (await list())[0]?.city).toBe('accepted');
    expect(sent.slice(-2)).toEqual([id, versions()[0]!['id']]);
  });

  it('signs nothing that changed on the disk', async () => {
    const id = await handIn();
    await logIn();
    const [owner, name] = kiosk.dossierFile(id).split('/');
    writeFileSync(join(kiosk.files.blobs, owner!, name!), Buffer.alloc(5_000, 7));
    expect((await sign([id])).outcomes[0]?.problem?.code).toBe('dossier-damaged');
    expect(versions()).toEqual([]);
  });

  it('finds nothing left of a version that was cut off before it was stored', async () => {
    const id = await handIn();
    const cutOff = '01K6Z00000000000000000000B';
    writeFileSync(join(kiosk.folder, 'half'), 'half a version');
    await kiosk.storage.blobs.put(cutOff, join(kiosk.folder, 'half'));
    expect((await readdir(kiosk.files.blobs)).sort()).toEqual([id, cutOff].sort());
    await kiosk.stop();
    const { folder, clock, ids, requestIds } = kiosk;
    kiosk = await openTestKiosk({ reopens: { folder, clock, ids, requestIds }, printer: bench.printer });
    expect(await readdir(kiosk.files.blobs)).toEqual([id]);
  });

  it('leaves nothing unpacked when the service ends', async () => {
    const id = await handIn();
    await logIn();
    await ask('GET', `dossiers/${id}/papers/0/pages/0`);
    expect(await readdir(join(kiosk.files.working, 'officers'))).toEqual([id]);
    await kiosk.stop();
    expect(existsSync(join(kiosk.files.working, 'officers'))).toBe(false);
  });
});

/** Tools that are not ours: poppler by the structure, OpenSSL by the bytes, under the authority of the test's tokens. */
async function acceptedByOthers(pdf: string): Promise<void> {
  const seen = unwrap(await exec('pdfsig', ['-nocert', pdf], { timeoutMs: 20_000 })).stdout.toString();
  expect(seen).toContain('Signature is Valid');
  expect(seen).toContain('Signature Type: ETSI.CAdES.detached');
  expect(seen).toContain(`Signer Certificate Common Name: ${OFFICER.fullName}`);
  const bytes = await readFile(pdf);
  // The kiosk's seal stands before it; the officer's covers the whole file.
  const ranges = [...bytes.toString('latin1').matchAll(/\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/g)];
  const [, before, after, rest] = ranges.at(-1)!.slice(1).map(Number);
  expect(after! + rest!).toBe(bytes.length);
  const hex = bytes.toString('latin1', before! + 1, after! - 1).replace(/(00)+$/, '');
  const at = (name: string) => join(kiosk.folder, name);
  writeFileSync(at('signature.der'), Buffer.from(hex, 'hex'));
  writeFileSync(at('signed'), Buffer.concat([bytes.subarray(0, before), bytes.subarray(after)]));
  writeFileSync(at('ca.pem'), hsm.authority);
  const files = [
    '-in',
    at('signature.der'),
    '-content',
    at('signed'),
    '-CAfile',
    at('ca.pem'),
    '-out',
    '/dev/null',
  ];
  const options = ['-binary', '-inform', 'DER', '-cades', '-purpose', 'any'];
  const verified = await exec('openssl', ['cms', '-verify', ...options, ...files], { timeoutMs: 20_000 });
  expect(verified.ok && verified.value.stderr).toContain('CAdES Verification successful');
}
