import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyAuditHead } from '@motcua/ocr-pipeline/dossier';
import type { AuditAlarm, ChainReport } from '@motcua/service/audit';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { askService, serviceReasons } from '../service-client.ts';
import { openSite } from '../site-file.ts';

interface Options {
  readonly config?: string;
  readonly head?: string;
  readonly certificate?: string;
  readonly json?: boolean;
}

export function addAudit(program: Command): void {
  const audit = program.command('audit').description('The audit trail of the running kiosk');
  audit
    .command('acknowledge')
    .description('Says that the alarms of the trail are looked into; they stay in it')
    .option('--config <file>', 'site file of the kiosk; default: the appliance’s, else the demo’s')
    .option('--json', 'print JSON')
    .action(acknowledge);
  audit
    .command('verify')
    .description('Is the trail whole? (exit status 0: yes) With the head that the city keeps, also its end')
    .option('--config <file>', 'site file of the kiosk; default: the appliance’s, else the demo’s')
    .option('--head <file>', 'signed head of the trail, as the city got it with an upload')
    .option('--certificate <file>', 'the kiosk’s certificate; default: the one beside its data')
    .option('--json', 'print JSON')
    .action(verifyTrail);
}

async function acknowledge(options: Options): Promise<void> {
  const site = openSite(options.config);
  if (!site) return;
  const path = '/api/audit/acknowledgements';
  const answer = await askService<{ acknowledged: number }>(site.runFolder, 'POST', path);
  if (!answer.ok) {
    output.fault(`motcua audit acknowledge: ${serviceReasons[answer.error.code]}`);
    return finish(exitStatus.no);
  }
  if (options.json) output.json(answer.value);
  else output.line(`${answer.value.acknowledged} alarms acknowledged.`);
  finish(exitStatus.ok);
}

async function verifyTrail(options: Options): Promise<void> {
  const site = openSite(options.config);
  if (!site) return;
  const certificate = options.certificate ?? join(site.dataFolder, 'kiosk-certificate.pem');
  const texts = options.head === undefined ? [] : [options.head, certificate].map(readText);
  const unread = [options.head, certificate].find((_, at) => texts[at] === null);
  if (unread !== undefined) {
    output.fault(`motcua audit: ${unread} cannot be read as a file`);
    return finish(exitStatus.usage);
  }
  const [token, pem] = texts;
  const head = token == null || pem == null ? null : verifyAuditHead(token.trim(), pem);
  if (options.head !== undefined && !head) {
    output.fault('motcua audit: this is no head that the kiosk has signed');
    return finish(exitStatus.no);
  }
  const path = head ? `/api/audit?entry=${head.id}` : '/api/audit';
  const answer = await askService<ChainReport & { alarms: readonly AuditAlarm[] }>(
    site.runFolder,
    'GET',
    path,
  );
  if (!answer.ok) {
    output.fault(`motcua audit: ${serviceReasons[answer.error.code]}`);
    return finish(exitStatus.no);
  }
  const { entries, brokenAt, asked } = answer.value;
  const cut = head !== null && asked !== head.hash;
  const replaced = answer.value.alarms.find((alarm) => alarm.acknowledged_at === null);
  const whole = brokenAt === null && !cut && replaced === undefined;
  if (options.json) output.json({ whole, ...answer.value, ...(head && { cut }) });
  else if (brokenAt !== null) output.line(`BROKEN at entry ${brokenAt} of ${entries}`);
  else if (cut)
    output.line(`CUT: entry ${head.id}, which the kiosk had signed, is not the one that is there`);
  else if (replaced)
    output.line(
      `REPLACED: whole in itself (${entries} entries), but the city has another entry ${replaced.entry}, signed by this kiosk (motcua audit acknowledge)`,
    );
  else output.line(`whole: ${entries} entries${head ? `, with the signed entry ${head.id}` : ''}`);
  finish(whole ? exitStatus.ok : exitStatus.no);
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
