import { type KioskView, problem } from '@motcua/contract';
import { type Clock, err, type Logger } from '@motcua/core';
import type { SiteConfig } from '@motcua/firmware-config';
import type { FastifyInstance } from 'fastify';
import { buildApi } from './api/routes.ts';
import { createLaunchCodes, openSessionToken } from './api/session.ts';
import { createChanges } from './changes.ts';
import type { StorageProblem } from './store/faults.ts';

/**
 * What the kiosk is while its storage cannot be opened: the screen says why it is closed and where to go, every command
 * is refused with that sentence, nothing is written. Numbers, visits and dossiers need the storage; none is faked.
 */
export async function buildClosedKiosk(deps: {
  readonly site: SiteConfig;
  readonly version: string;
  readonly uiFolder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly problem: StorageProblem;
}): Promise<FastifyInstance> {
  const { site } = deps;
  const host = `${site.listen.host}:${site.listen.port}`;
  const kioskView = (): KioskView => ({
    kioskName: site.kiosk.name,
    wardName: site.kiosk.wardName,
    profile: site.profile,
    now: deps.clock.now().toISOString(),
    version: deps.version,
    pixelsPerMillimetre: site.screen.pixelsPerMillimetre,
    idleWarningMs: site.visit.idleWarningMs,
    devices: [],
    problem: problem(deps.problem),
    visit: null,
  });
  return buildApi({
    hosts: () => [host, `127.0.0.1:${site.listen.port}`, `localhost:${site.listen.port}`],
    token: await openSessionToken(site.runFolder),
    launchCodes: createLaunchCodes(() => performance.now()),
    uiFolder: deps.uiFolder,
    demoControlUrl: site.profile === 'demo' ? (site.demo?.controlUrl ?? null) : null,
    changes: createChanges(),
    logger: deps.logger,
    kioskView,
    catalogue: () => ({ validFrom: '', fields: [], procedures: [] }),
    command: async () => deps.problem,
    pageFile: () => null,
    pageSnippet: async () => null,
    chipPhoto: () => null,
    printPreview: async () => null,
    camera: () => null,
    onCameraCode: () => undefined,
    outbox: () => [],
    retryOutbox: () => 0,
    outboxAction: () => null,
    reprint: async () => err({ code: 'receipt-unknown' }),
    atCity: () => ({ counts: [], dossiers: [] }),
    setAside: () => [],
    exportable: () => [],
    auditReport: () => {
      throw new Error('a storage that cannot be opened has no trail to verify');
    },
    auditAlarms: () => [],
    acknowledgeAuditAlarms: () => 0,
    cityContent: () => null,
    backUp: async () => {
      throw new Error('a storage that cannot be opened cannot be copied');
    },
    onRefused: () => undefined,
    addRoutes: () => undefined,
  });
}
