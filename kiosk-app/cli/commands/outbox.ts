import { statusMeaning } from '@motcua/contract';
import type { Command } from 'commander';
import { exitStatus, finish, standardOutput as output } from '../output.ts';
import { askService, serviceReasons } from '../service-client.ts';
import { openSite } from '../site-file.ts';
import { addOutboxActions } from './outbox-actions.ts';

interface Waiting {
  readonly dossier_id: string;
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly problem: { readonly what: { readonly en: string } } | null;
  /** How much the city has of it; null before it was announced. */
  readonly upload_offset: number | null;
  /** Of a later version: the one that must be there before. */
  readonly previous_id?: string;
}

export function addOutbox(program: Command): void {
  const outbox = program
    .command('outbox')
    .description('Shows the dossiers that wait for the city (exit status 1 while any does)')
    .option('--config <file>', 'site file of the kiosk; default: the appliance’s, else the demo’s')
    .option('--retry', 'try to send all of them now')
    .option('--json', 'print JSON')
    .action(async (options: { config?: string; retry?: boolean; json?: boolean }) => {
      const site = openSite(options.config);
      if (!site) return;
      const { runFolder } = site;
      if (options.retry) await askService(runFolder, 'POST', '/api/outbox/retries');
      const answer = await askService<Waiting[]>(runFolder, 'GET', '/api/outbox');
      if (!answer.ok) {
        output.fault(`motcua outbox: ${serviceReasons[answer.error.code]}`);
        return finish(exitStatus.no);
      }
      const aside = await askService<SetAside[]>(runFolder, 'GET', '/api/outbox/set-aside');
      const setAside = aside.ok ? aside.value : [];
      const there = await askService<AtCity>(runFolder, 'GET', '/api/outbox/at-city');
      const atCity = there.ok ? there.value : { counts: [], dossiers: [] };
      if (options.json) output.json({ waiting: answer.value, setAside, atCity: atCity.counts });
      else show(answer.value, setAside, atCity);
      finish(answer.value.length + setAside.length === 0 ? exitStatus.ok : exitStatus.no);
    });
  outbox
    .command('status')
    .description('What became of the newest dossiers that the city has, as it said last')
    .action(async () => {
      const { config, json } = outbox.opts<{ config?: string; json?: boolean }>();
      const site = openSite(config);
      if (!site) return;
      const answer = await askService<AtCity>(site.runFolder, 'GET', '/api/outbox/at-city');
      if (!answer.ok) {
        output.fault(`motcua outbox status: ${serviceReasons[answer.error.code]}`);
        return finish(exitStatus.no);
      }
      const { dossiers } = answer.value;
      if (json) output.json({ dossiers: dossiers.map(describe) });
      else if (dossiers.length === 0) output.line('The city has no dossier of this kiosk yet.');
      else for (const row of dossiers.map(describe)) output.line(lineOf(row));
      finish(exitStatus.ok);
    });
  addOutboxActions(outbox);
}

interface AtCity {
  readonly counts: readonly { readonly city_status: number | null; readonly count: number }[];
  readonly dossiers: readonly DossierAtCity[];
}

interface DossierAtCity {
  readonly id: string;
  readonly dossier_code: string;
  readonly city_status: number | null;
  readonly city_status_since: number;
  readonly city_handover: 'waiting' | 'done' | 'refused' | null;
  readonly next_status_at: number | null;
}

const nameOf = (status: number | null) => (status === null ? 'accepted' : statusMeaning(status).name.en);

function describe(row: DossierAtCity) {
  const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  return {
    id: row.id,
    dossierCode: row.dossier_code,
    status: row.city_status,
    meaning: nameOf(row.city_status),
    since: iso(row.city_status_since),
    handover: row.city_handover,
    asksAgainAt: iso(row.next_status_at),
  };
}

function lineOf(row: ReturnType<typeof describe>): string {
  const refused = row.handover === 'refused' ? '  NOT TAKEN by the city’s own system: ask its operator' : '';
  const over = row.asksAgainAt === null ? '  (not asked for any more)' : '';
  return `${row.dossierCode}  ${row.id}  ${row.meaning} since ${row.since}${refused}${over}`;
}

interface SetAside {
  readonly id: string;
  readonly procedure_code: string;
  readonly refusal: string | null;
  readonly previous_id?: string;
}

function show(waiting: readonly Waiting[], setAside: readonly SetAside[], { counts }: AtCity): void {
  if (waiting.length === 0) output.line('Nothing waits: the city has every dossier.');
  for (const row of waiting) {
    const next = new Date(row.next_attempt_at).toISOString();
    const after = row.previous_id ? `  goes after ${row.previous_id}` : '';
    const there = row.upload_offset ? `  ${(row.upload_offset / 1_048_576).toFixed(1)} MiB at the city` : '';
    output.line(
      `${row.dossier_id}  tries ${row.attempts}  next ${next}${after}${there}  ${row.problem?.what.en ?? ''}`,
    );
  }
  for (const row of setAside) output.line(`${row.id}  ${reasonOf(row)}`);
  const said = counts.map(({ city_status: status, count }) => `${count} ${nameOf(status)}`);
  if (said.length > 0) output.line(`At the city: ${said.join(', ')} (motcua outbox status).`);
}

function reasonOf({ refusal, previous_id: previous }: SetAside): string {
  if (refusal === 'previous-version-refused')
    return `SET ASIDE: it follows ${previous}, which the city refused (resend that one, withdraw or export it)`;
  return `REFUSED by the city: ${refusal ?? 'no reason given'} (resend, withdraw or export it)`;
}
