import { resolve } from 'node:path';
import { systemClock } from '@motcua/core';
import { type Verification, verifyAny } from '@motcua/ocr-pipeline/dossier';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { defaultTrustFolders, readTrust } from '../trust-store.ts';

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'Says whether a sealed dossier (.asice) or a receipt of the city (.jws) is whole, and who made it',
    )
    .argument('<file>', 'the file to verify')
    .option(
      '--trust <folder>',
      'folder of the certificates (PEM) that count; default: the machine’s and the user’s own',
    )
    .option('--at <time>', 'verify as of this time (ISO 8601)')
    .option('--json', 'print the whole verdict as JSON')
    .action(async (file: string, options: { trust?: string; at?: string; json?: boolean }) => {
      const at = options.at === undefined ? systemClock.now() : new Date(options.at);
      if (Number.isNaN(at.getTime())) {
        output.fault(`--at: "${options.at}" is no time; for example 2026-10-08T09:30:00+07:00`);
        return finish(exitStatus.usage);
      }
      const folders = options.trust === undefined ? defaultTrustFolders() : [resolve(options.trust)];
      const trust = readTrust(folders, options.trust !== undefined);
      if (!trust) {
        output.fault(`--trust: ${folders[0]} is not a folder that can be read`);
        return finish(exitStatus.usage);
      }
      const verification = await verifyAny(resolve(file), { trust, receiptTrust: trust, at });
      if (options.json) output.json({ file: resolve(file), ...verification });
      else describe(file, verification);
      finish(verification.verdict === 'valid' ? exitStatus.ok : exitStatus.no);
    });
}

const verdicts = {
  valid: 'valid: whole, unchanged, sealed by somebody in the trust list (hợp lệ)',
  invalid: 'NOT valid (không hợp lệ)',
  'cannot-tell': 'cannot tell (chưa kết luận được)',
} as const;

function describe(file: string, verification: Verification): void {
  output.line(`${file}: ${verdicts[verification.verdict]}`);
  for (const reason of verification.reasons) output.line(`  ${reason.code}: ${reason.detail}`);
}
