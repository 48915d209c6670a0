import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, manualClock } from '@motcua/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSeal, type Seal } from '../signing/index.ts';
import { buildDossier } from './build-dossier.ts';
import { buildSpecimenDossier, specimenDescription } from './specimen.ts';
import { verifyDossier } from './verify-dossier.ts';

const clock = manualClock('2026-10-08T02:10:00Z');
const dossierId = '01K6Z00000000000000000000A';
let folder: string;
let seal: Seal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dossier-'));
  seal = await openSeal({
    folder: join(folder, 'keys'),
    clock,
    kioskId: 'K-27475-01',
    kioskName: 'Kiosk Tân Hưng 1',
  });
});

describe('building a dossier', () => {
  it('makes a container that its verifier finds valid, and says what is in it', async () => {
    const built = await buildSpecimenDossier({ folder, dossierId, seal, clock });
    const seen = await verifyDossier(built.file, { trust: [seal.certificatePem], at: clock.now() });
    expect(seen.reasons).toEqual([]);
    expect(seen.verdict).toBe('valid');
    expect(seen.signatures).toEqual([
      {
        file: 'META-INF/signature.p7s',
        signer: { name: 'Kiosk Tân Hưng 1', id: 'K-27475-01', fingerprint: seal.fingerprint },
        level: 'B-B',
        signingTime: '2026-10-08T02:10:00.000Z',
        provenTime: null,
        revocation: 'checked',
        timeStamps: [],
        trust: { trusted: true, why: 'pinned' },
        covers: [`${dossierId}.1.pdf`, `${dossierId}.2.pdf`, 'metadata.json'],
      },
    ]);
    expect(seen.documents.map(({ name, size, sha256 }) => ({ name, size, sha256 }))).toEqual(built.documents);
    expect(seen.metadata?.sealedAt).toBe('2026-10-08T09:10:00+07:00');
    const bytes = await readFile(built.file);
    expect(bytes.length).toBe(built.size);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(built.sha256);
    // `file` and mail gateways look for the type at a fixed place.
    expect(bytes.subarray(30, 69).toString()).toBe('mimetypeapplication/vnd.etsi.asic-e+zip');
  });

  it('holds by tools that know nothing of it: unzip, sha256sum and openssl', async () => {
    const built = await buildSpecimenDossier({ folder, dossierId, seal, clock });
    const run = (program: string, args: string) =>
      exec(program, args.split(' '), { timeoutMs: 20_000, cwd: folder });
    expect((await run('unzip', `-q ${built.file} -d out`)).ok).toBe(true);
    const verified = await run(
      'openssl',
      `cms -verify -cades -binary -inform DER -in out/META-INF/signature.p7s -content out/META-INF/ASiCManifest.xml -CAfile keys/device-certificate.pem -purpose any -attime ${clock.now().getTime() / 1000} -out manifest`,
    );
    expect(verified.ok).toBe(true);
    const manifest = await readFile(join(folder, 'manifest'), 'utf8');
    for (const name of await readdir(join(folder, 'out')))
      if (!['META-INF', 'mimetype'].includes(name)) {
        const digest = createHash('sha256').update(await readFile(join(folder, 'out', name)));
        expect(manifest).toContain(digest.digest('base64'));
      }
  });

  it('gives the same bytes for the same input, key and time, but for the signature', async () => {
    const one = await readFile((await buildSpecimenDossier({ folder, dossierId, seal, clock })).file);
    const two = await readFile((await buildSpecimenDossier({ folder, dossierId, seal, clock })).file);
    const at = one.indexOf('META-INF/signature.p7s') - 30;
    expect(two.subarray(0, at).equals(one.subarray(0, at))).toBe(true);
  });

  it('refuses wrong names, missing documents, odd metadata, and leaves no half file', async () => {
    const name = `${dossierId}.1.pdf`;
    const file = join(folder, name);
    await writeFile(file, '%PDF-1.7');
    const to = join(folder, 'x.asice');
    const metadata = specimenDescription(dossierId, 1);
    const build = async (change: object) => {
      const documents = [{ name, file, mediaType: 'application/pdf' }];
      const result = await buildDossier({ documents, metadata, seal, clock, to, ...change });
      return result.ok ? 'built' : result.error;
    };
    const document = { name: '../x.pdf', file, mediaType: 'application/pdf' };
    expect(await build({ documents: [document] })).toEqual({
      code: 'dossier-metadata-refused',
      detail: 'documents.0.name',
    });
    expect(await build({ documents: [{ ...document, name, file: `${file}.none` }] })).toEqual({
      code: 'dossier-document-missing',
      detail: name,
    });
    expect(await build({ metadata: { ...metadata, papers: [] } })).toMatchObject({
      code: 'dossier-metadata-refused',
    });
    expect(await build({ metadata: specimenDescription(dossierId, 2) })).toEqual({
      code: 'dossier-self-check-failed',
      detail: 'metadata-disagrees',
    });
    expect(await build({ to: join(folder, 'none', 'x.asice') })).toMatchObject({
      code: 'dossier-write-failed',
      detail: 'ENOENT',
    });
    await rm(file);
    expect((await readdir(folder)).sort()).toEqual(['keys']);
  });
});
