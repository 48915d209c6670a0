import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@motcua/core';
import { openSeal } from '@motcua/ocr-pipeline/dossier';
import { expect, it } from 'vitest';
import { makeAuthority } from './identity/authority.ts';
import { createTrustFolder } from './trust-folder.ts';

it('gives each kiosk its own certificates and the authorities, and notices within seconds what changed', async () => {
  const clock = manualClock('2026-10-08T02:10:00Z');
  const folder = await mkdtemp(join(tmpdir(), 'trust-'));
  const trust = createTrustFolder(join(folder, 'trust'), clock);
  expect(await trust('K-1')).toEqual([]);
  const certificateOf = async (kioskId: string) =>
    (
      await openSeal({ folder: join(folder, kioskId), clock, kioskId, kioskName: 'Kiosk' })
    ).certificatePem.trim();
  const [first, second] = [await certificateOf('K-1'), await certificateOf('K-2')];
  const { certificatePem } = await makeAuthority('City', clock.now());
  const authority = certificatePem.trim();
  await mkdir(join(folder, 'trust'));
  const write = (name: string, text: string) => writeFile(join(folder, 'trust', name), text);
  await write('both.pem', `${first}\nand\n${second}\n`);
  await write('ca.pem', authority);
  await write('broken.pem', first.replace('MII', 'XXX'));
  await write('ignored.txt', second);
  await symlink('/dev/zero', join(folder, 'trust', 'endless.pem'));
  clock.advance(2_000);
  expect(await trust('K-1')).toEqual([first, authority]);
  expect(await trust('K-2')).toEqual([second, authority]);
  expect(await trust('K-3')).toEqual([authority]);
  await rm(join(folder, 'trust', 'both.pem'));
  clock.advance(2_000);
  expect(await trust('K-1')).toEqual([authority]);
});
