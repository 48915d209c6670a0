import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPath } from './trust.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'motcua-trust-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
}

function authority(name: string): X509Certificate {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
  openssl('req', '-x509', ...key, '-subj', `/CN=${name}`, '-days', '30', '-out', `${name}.pem`);
  return new X509Certificate(readFileSync(join(folder, `${name}.pem`)));
}

test('the issuer is found at the end of a long list of others', () => {
  const [root, stranger] = [authority('root'), authority('stranger')];
  const csr = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'leaf.key'];
  openssl('req', '-new', ...csr, '-subj', '/CN=leaf', '-out', 'leaf.csr');
  const issue = ['-CA', 'root.pem', '-CAkey', 'root.key', '-set_serial', '7', '-days', '20'];
  openssl('x509', '-req', '-in', 'leaf.csr', ...issue, '-out', 'leaf.pem');
  const leaf = new X509Certificate(readFileSync(join(folder, 'leaf.pem')));
  const anchors = [...Array.from({ length: 150 }, () => stranger), root];
  expect(findPath(leaf, [], anchors, new Date()).trust).toEqual({ trusted: true, why: 'chain' });
});
