import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '@motcua/contract';
import { parseSiteConfig, readSiteFile, type SiteConfig } from '@motcua/firmware-config';
import type { AuditAlarm } from '@motcua/service/audit';
import {
  type CityContentReport,
  catalogueSort,
  configurationSort,
  type DocumentSort,
  readCityDocuments,
} from '@motcua/service/city-content';
import type { Finding } from './finding.ts';
import { askService } from './service-client.ts';

/** What the city has set from afar, as the service keeps it, verified anew; and what of it the running service has. */
export async function cityContentFindings(siteFile: string): Promise<readonly Finding[]> {
  const source = readSiteFile(siteFile);
  const site = source.ok ? parseSiteConfig(source.value.value, source.value.file) : source;
  if (!source.ok || !site.ok) return [];
  const { runFolder } = site.value;
  const answer = await askService<{ content: CityContentReport | null }>(
    runFolder,
    'GET',
    '/api/city-content',
  );
  const running = answer.ok ? answer.value.content : null;
  return [
    await finding(site.value, catalogueSort, {
      none: 'none taken over: the packaged one holds',
      newest: ({ version, value }) => `version ${version}, holds from ${value.validFrom}`,
    }),
    await finding(site.value, configurationSort(source.value), {
      none: 'none taken over: the site file holds alone',
      newest: ({ version }) => `version ${version}${whenItHolds(running?.configuration ?? null, version)}`,
    }),
  ];
}

/** Whether the city has heads of the audit trail that are not in it. Only the running service can tell. */
export async function auditAlarmFindings({ runFolder }: SiteConfig): Promise<readonly Finding[]> {
  const what = 'audit trail';
  const answer = await askService<readonly AuditAlarm[]>(runFolder, 'GET', '/api/audit/alarms');
  if (!answer.ok) return [];
  const open = answer.value.filter((alarm) => alarm.acknowledged_at === null);
  const seen = answer.value.length - open.length;
  const earlier = seen > 0 ? `; ${seen} earlier alarms are acknowledged` : '';
  if (open.length === 0)
    return [{ what, state: 'ok', detail: `no head that the city keeps contradicts it${earlier}` }];
  const entries = open.map((alarm) => alarm.entry).join(', ');
  const { what: said, next } = problem('audit-trail-replaced');
  const detail = [`ALARM at entry ${entries}: ${said.en} ${next.en}`, `${said.vi} ${next.vi}`];
  return [{ what, state: 'missing', detail: `${detail.join(' — ')} (motcua audit acknowledge)${earlier}` }];
}

function whenItHolds(running: CityContentReport['configuration'], version: number): string {
  if (running?.version !== version) return ', holds from the service’s next start on';
  const { atNextStart } = running;
  if (atNextStart.length === 0) return ', in force';
  const which = atNextStart.join(', ');
  return `, in force but for ${which}, from the next start on: systemctl restart motcua-kiosk`;
}

async function finding<T>(
  { city, dataFolder, kiosk }: SiteConfig,
  sort: DocumentSort<T>,
  say: { readonly none: string; newest(one: { readonly version: number; readonly value: T }): string },
): Promise<Finding> {
  const what = `${sort.kind} of the city`;
  if (city.contentMinutes === 0)
    return { what, state: 'ok', detail: 'not asked for (city.contentMinutes is 0)' };
  const kept = await readCityDocuments(
    {
      certificates: city.receiptCertificates.flatMap((file) =>
        existsSync(file) ? readFileSync(file, 'utf8') : [],
      ),
      folder: join(dataFolder, 'city-content'),
      kioskId: kiosk.id,
    },
    sort,
  ).catch(({ code }: NodeJS.ErrnoException) => (code === 'ENOENT' ? { taken: [], refused: [] } : null));
  if (kept === null) return { what, state: 'optional', detail: `this user may not read ${dataFolder}` };
  const broken = kept.refused.map(({ file, code }) => `; ${file} is not used: ${code}`).join('');
  const [newest] = kept.taken;
  const state = broken === '' ? (newest ? 'ok' : 'optional') : 'missing';
  return { what, state, detail: `${newest ? say.newest(newest) : say.none}${broken}` };
}
