import { resolve } from 'node:path';
import { verificationSentence } from '@motcua/contract';
import { systemClock } from '@motcua/core';
import {
  NO_EVIDENCE,
  type SignatureReport,
  type Verification,
  verifyAny,
} from '@motcua/ocr-pipeline/dossier';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { defaultTrustFolders, readRevocationLists, readTrust } from '../trust-store.ts';

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'Says whether a sealed dossier (.asice), a signed PDF or a receipt of the city (.jws) is whole, and who made it',
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
      const verification = await verifyAny(resolve(file), {
        trust,
        receiptTrust: trust,
        at,
        evidence: { ...NO_EVIDENCE, crls: readRevocationLists(folders) },
      });
      if (options.json)
        output.json({
          file: resolve(file),
          ...verification,
          reasons: verification.reasons.map((one) => ({ ...one, sentence: verificationSentence(one) })),
        });
      else describe(file, verification);
      finish(statusOf[verification.verdict]);
    });
}

const verdicts = {
  valid: 'valid: whole, unchanged, signed by somebody in the trust list (hợp lệ)',
  invalid: 'NOT valid (không hợp lệ)',
  'cannot-tell': 'cannot tell (chưa kết luận được)',
} as const;

const statusOf = {
  valid: exitStatus.ok,
  invalid: exitStatus.no,
  'cannot-tell': exitStatus.cannotTell,
} as const;
const weights = { invalid: '✗', 'cannot-tell': '?', warning: '!' } as const;

/** Prints the verdict for a person: who, when, how far it reaches, what it covers, and every reason in two languages. */
function describe(file: string, verification: Verification): void {
  output.line(`${file}: ${verdicts[verification.verdict]}`);
  const inside = verification.format === 'pdf' ? [] : verification.documents;
  for (const signature of verification.signatures) describeSignature(signature, '  ');
  for (const one of verification.documents) {
    output.line(`  covered, unchanged (được bảo vệ, nguyên vẹn): ${one.name}, ${one.size} bytes`);
    if (inside.includes(one)) for (const signature of one.signatures) describeSignature(signature, '    ');
  }
  for (const reason of verification.reasons) {
    const { vi, en } = verificationSentence(reason);
    output.line(`  ${weights[reason.weight]} ${en}`);
    output.line(`    ${vi}`);
  }
}

function describeSignature(signature: SignatureReport, indent: string): void {
  const { signer, level, trust } = signature;
  const who = signer === null ? 'unknown' : [signer.name, signer.id].filter(Boolean).join(', ');
  const trusted = trust.trusted ? `trusted (${trust.why})` : `not trusted (${trust.why})`;
  output.line(`${indent}signed by (người ký): ${who}; ${trusted}; level (mức): ${level ?? 'none'}`);
  const proven = signature.provenTime === null ? 'not proven' : `proven before ${signature.provenTime}`;
  output.line(`${indent}  at (lúc): ${signature.signingTime ?? 'not said'}, as claimed; ${proven}`);
  for (const stamp of signature.timeStamps)
    output.line(
      `${indent}  time-stamp (dấu thời gian): ${stamp.time ?? 'does not hold'}, ${stamp.authority?.name ?? 'unknown'}`,
    );
  output.line(`${indent}  revocation (thu hồi): ${signature.revocation}`);
}
