import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, type Logger, manualClock, silentLogger, systemIds } from '@motcua/core';
import { openSeal, type Seal } from '@motcua/ocr-pipeline/dossier';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../simulators/index.ts';
import { issueToGateway, issueToKiosk, makeRequest, pemOf } from '../simulators/test-authority.ts';
import {
  type ClientTls,
  createTestKiosk,
  makeTestDossier,
  type TestKiosk,
} from '../simulators/test-kiosk.ts';
import { type Authority, makeAuthority, makeRevocationList } from './authority.ts';
import { readCertificateRequest } from './certificate-request.ts';
import { openRevocationList } from './revocation-list.ts';

// TLS itself looks at the machine's clock.
const clock = manualClock(new Date());
const ids = systemIds(clock);
const ID = 'K-27475-01';
let folder: string;
let city: Authority;
let seal: Seal;
let gateway: TestGateway;
let revocationFile: string;
const opened: TestKiosk[] = [];
const lines: object[] = [];
const logger: Logger = { ...silentLogger, warn: (fields) => lines.push(fields) };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-tls-'));
  clock.set(new Date());
  lines.length = 0;
  city = await makeAuthority('City authority', clock.now());
  seal = await openSeal({ folder: join(folder, 'keys'), clock, kioskId: ID, kioskName: 'Kiosk' });
  revocationFile = join(folder, 'revoked.pem');
  await revoke([]);
  const revoked = await openRevocationList({
    file: revocationFile,
    authoritiesPem: city.certificatePem,
    clock,
    logger,
  });
  gateway = await startTestGateway({
    folder,
    clock,
    logger,
    limits: { requestsPerMinute: 60 },
    trust: () => [seal.certificatePem],
    tls: {
      ...(await issueToGateway(city, clock.now())),
      clientAuthoritiesPem: city.certificatePem,
      revoked,
      authority: city,
    },
  });
});
afterEach(async () => {
  for (const one of opened.splice(0)) one.close();
  await gateway.close();
});

async function revoke(certificates: readonly string[]) {
  const serials = certificates.map((pem) => new X509Certificate(pem).serialNumber);
  await writeFile(revocationFile, await makeRevocationList(city, { serials, now: clock.now(), days: 7 }));
}
function connect(tls: ClientTls): TestKiosk {
  const kiosk = createTestKiosk(() => gateway.url, tls);
  opened.push(kiosk);
  return kiosk;
}
const dossier = () => makeTestDossier({ folder, seal, clock, ids });
const refusal = (status: number, code: string) => ({
  status,
  type: expect.stringContaining('application/problem+json'),
  json: expect.objectContaining({ status, code }),
});

describe('a gateway with TLS', () => {
  it('takes the dossiers of the kiosk that the certificate names', async () => {
    const kiosk = connect(await issueToKiosk(city, ID, clock.now()));
    const one = await dossier();
    expect(gateway.url).toMatch(/^https:/);
    expect(await kiosk.claimsOf(await kiosk.take(one))).toMatchObject({ dossierId: one.id });
    expect((await kiosk.call('GET', `/dossiers/${one.id}`)).json).toMatchObject({ state: 'accepted' });
  });

  it('answers those without a certificate, with one of another authority, or one that is out of date', async () => {
    const stranger = await makeAuthority('City authority', clock.now());
    const forged = await issueToKiosk(stranger, ID, clock.now());
    const long = new Date(clock.now().getTime() - 40 * 86_400_000);
    const cases: [ClientTls, number, string][] = [
      [{ ca: city.certificatePem }, 401, 'certificate-missing'],
      [{ ...forged, ca: city.certificatePem }, 403, 'certificate-untrusted'],
      [await issueToKiosk(city, ID, long), 403, 'certificate-not-valid-now'],
      [await issueToKiosk(city, '../etc', clock.now()), 403, 'certificate-names-no-kiosk'],
    ];
    const one = await dossier();
    for (const [tls, status, code] of cases) {
      const kiosk = connect(tls);
      expect(await kiosk.announce(one)).toMatchObject(refusal(status, code));
      expect((await kiosk.head(one)).status).toBe(status);
      // What anybody may ask is answered.
      expect((await kiosk.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
      expect((await kiosk.post('/status', { dossierCode: 'x', lookUpSecret: 'y' })).status).toBe(404);
    }
    expect(await gateway.database.dossiers.get(one.id)).toBeUndefined();
    expect(lines).toContainEqual(expect.objectContaining({ code: 'certificate-missing' }));
  });

  it('lets no kiosk touch what is of another', async () => {
    const one = await dossier();
    const owner = connect(await issueToKiosk(city, ID, clock.now()));
    await owner.announce(one);
    const other = connect(await issueToKiosk(city, 'K-99999-01', clock.now()));
    expect(await other.announce(one)).toMatchObject(refusal(403, 'kiosk-disagrees'));
    expect((await other.head(one)).status).toBe(404);
    expect(await other.send(one)).toMatchObject(refusal(404, 'upload-unknown'));
    expect(await other.commit(one)).toMatchObject(refusal(409, 'dossier-unknown'));
    expect(await other.call('GET', `/dossiers/${one.id}`)).toMatchObject(refusal(404, 'dossier-unknown'));
    expect(await other.call('GET', `/content/configuration/${ID}`)).toMatchObject(
      refusal(403, 'kiosk-disagrees'),
    );
    expect((await owner.head(one)).headers['upload-offset']).toBe('0');
  });

  it('refuses a second kiosk under the id of a first one', async () => {
    const first = connect(await issueToKiosk(city, ID, clock.now()));
    const second = connect(await issueToKiosk(city, ID, clock.now()));
    const one = await dossier();
    expect((await first.announce(one)).status).toBe(200);
    expect(await second.announce(one)).toMatchObject(refusal(403, 'kiosk-id-taken'));
    expect((await first.announce(one)).status).toBe(200);
    // An operator has replaced the machine.
    await gateway.database.kioskKeys.release(ID);
    expect((await second.announce(one)).status).toBe(200);
    expect(await first.announce(one)).toMatchObject(refusal(403, 'kiosk-id-taken'));
  });

  it('refuses a revoked certificate from the next request on, on the connection that it has, too', async () => {
    const tls = await issueToKiosk(city, ID, clock.now());
    const kiosk = connect(tls);
    const one = await dossier();
    expect((await kiosk.announce(one)).status).toBe(200);
    await revoke([tls.cert]);
    expect(await kiosk.send(one)).toMatchObject(refusal(403, 'certificate-revoked'));
    // A list that is damaged, or of somebody else, does not lift the revocation.
    await writeFile(revocationFile, 'not a list at all');
    expect(await kiosk.send(one)).toMatchObject(refusal(403, 'certificate-revoked'));
    const stranger = await makeAuthority('City authority', clock.now());
    await writeFile(
      revocationFile,
      await makeRevocationList(stranger, { serials: [], now: clock.now(), days: 7 }),
    );
    expect(await kiosk.send(one)).toMatchObject(refusal(403, 'certificate-revoked'));
    await revoke([]);
    expect((await kiosk.send(one)).status).toBe(204);
  });
});

describe('who is refused', () => {
  it('cannot go on asking, and keeps nobody else out', async () => {
    const stranger = connect({ ca: city.certificatePem });
    const one = await dossier();
    const seen = new Set<number>();
    for (let count = 0; count < 62; count++) seen.add((await stranger.announce(one)).status);
    expect([...seen]).toEqual([401, 429]);
    const kiosk = connect(await issueToKiosk(city, ID, clock.now()));
    expect((await kiosk.announce(one)).status).toBe(200);
  });
});

describe('a renewal', () => {
  it('certifies the next key; the old one holds until the new one is seen', async () => {
    const tls = await issueToKiosk(city, ID, clock.now());
    const old = connect(tls);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const request = await makeRequest(privateKey, 'whatever it says');
    const answer = await old.post('/certificates', { request });
    expect(answer.status).toBe(200);
    // The answer was lost: the same again.
    expect((await old.post('/certificates', { request })).text).toBe(answer.text);
    const cert = String(answer.json['certificate']);
    expect(new X509Certificate(cert).subject).toBe(`CN=${ID}`);
    const one = await dossier();
    expect((await old.announce(one)).status).toBe(200);
    const renewed = connect({ ca: city.certificatePem, cert, key: pemOf(privateKey) });
    expect((await renewed.send(one)).status).toBe(204);
    expect(await old.commit(one)).toMatchObject(refusal(403, 'certificate-superseded'));
    expect((await renewed.commit(one)).status).toBe(200);
  });

  it('is refused for what is no request, a key that the asker does not have, or one of another kiosk', async () => {
    const first = connect(await issueToKiosk(city, ID, clock.now()));
    const otherTls = await issueToKiosk(city, 'K-2', clock.now());
    const other = connect(otherTls);
    await other.call('GET', '/content/catalogue');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ask = (kiosk: TestKiosk, request: string) => kiosk.post('/certificates', { request });
    expect(await ask(first, 'hello')).toMatchObject(refusal(422, 'request-malformed'));
    expect(
      await ask(first, '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----'),
    ).toMatchObject(refusal(422, 'request-malformed'));
    const stolen = await makeRequest(otherTls.privateKey, ID, privateKey);
    expect(await ask(first, stolen)).toMatchObject(refusal(422, 'request-signature-wrong'));
    expect(await ask(first, await makeRequest(otherTls.privateKey, ID))).toMatchObject(
      refusal(409, 'request-key-taken'),
    );
    const nobody = connect({ ca: city.certificatePem });
    expect(await ask(nobody, await makeRequest(privateKey, ID))).toMatchObject(
      refusal(401, 'certificate-missing'),
    );
  });

  it('reads requests of openssl, and refuses its weaker keys', async () => {
    const made = async (...args: string[]) => {
      const done = await exec(
        'openssl',
        ['req', '-new', '-nodes', '-subj', '/CN=x', '-keyout', join(folder, 'k'), ...args],
        {
          timeoutMs: 20_000,
        },
      );
      return done.ok ? done.value.stdout.toString() : '';
    };
    const good = await made('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-sha256');
    expect(readCertificateRequest(good).ok).toBe(true);
    const rsa = await made('-newkey', 'rsa:1024');
    expect(readCertificateRequest(rsa)).toEqual({ ok: false, error: { code: 'request-key-refused' } });
  });
});

describe('what the authority makes', () => {
  it('is taken by openssl: chain, purpose, names, revocation', async () => {
    const tls = await issueToKiosk(city, ID, clock.now());
    const server = await issueToGateway(city, clock.now());
    const at = (name: string) => join(folder, name);
    await revoke([tls.cert]);
    await writeFile(at('ca.pem'), city.certificatePem);
    await writeFile(at('kiosk.pem'), tls.cert);
    await writeFile(at('server.pem'), server.certificatePem);
    const verify = async (...args: string[]) => {
      const done = await exec('openssl', ['verify', '-x509_strict', '-CAfile', at('ca.pem'), ...args], {
        timeoutMs: 20_000,
      });
      return done.ok ? 'fine' : done.error.code === 'exec-failed' ? done.error.stderr : done.error.code;
    };
    expect(await verify('-purpose', 'sslclient', at('kiosk.pem'))).toBe('fine');
    expect(await verify('-purpose', 'sslserver', at('kiosk.pem'))).toContain(
      'unsuitable certificate purpose',
    );
    expect(await verify('-purpose', 'sslserver', '-verify_ip', '127.0.0.1', at('server.pem'))).toBe('fine');
    expect(await verify('-crl_check', '-CRLfile', revocationFile, at('kiosk.pem'))).toContain('revoked');
    expect(await verify('-crl_check', '-CRLfile', revocationFile, at('server.pem'))).toBe('fine');
  });
});
