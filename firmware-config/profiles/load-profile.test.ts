import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listProfiles, loadProfile } from './load-profile.ts';
import { profileKinds } from './profile-schema.ts';

test.each(profileKinds)('every profile of the %s is valid', (kind) => {
  const names = listProfiles(kind);
  expect(names.length).toBeGreaterThanOrEqual(2);
  for (const name of names) expect(loadProfile(kind, name), name).toMatchObject({ ok: true });
});

test('a profile nobody has written is answered with those that there are', () => {
  const result = loadProfile('printers', '../scanners/folder');
  expect(result).toMatchObject({ ok: false, error: { code: 'profile-unknown' } });
  expect(!result.ok && result.error.message).toContain('generic-58mm');
});

test('a broken profile names the place that is wrong', () => {
  const folder = mkdtempSync(join(tmpdir(), 'motcua-profiles-'));
  try {
    mkdirSync(join(folder, 'printers'));
    writeFileSync(join(folder, 'printers', 'odd.json'), '{"name":"Odd","widthDots":575}');
    const result = loadProfile('printers', 'odd', folder);
    expect(result).toMatchObject({ ok: false, error: { code: 'profile-invalid' } });
    expect(!result.ok && result.error.message).toContain('widthDots');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
