import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import type { Clock, Logger } from '@motcua/core';
import { openDeviceKey } from '@motcua/ocr-pipeline/dossier';
import type { FastifyInstance } from 'fastify';
import { buildGateway, type GatewayLimits, type GatewayTls } from './build-gateway.ts';
import { startHandover } from './city-system/handover.ts';
import { createNationalPortal } from './city-system/national-portal.ts';
import { createContentSource } from './content/content-source.ts';
import { openCityDatabase } from './database/city-database.ts';
import { DueRules } from './due-date.ts';
import { sweepExpired } from './expiry.ts';
import type { GatewaySettings, TlsFiles } from './gateway-settings.ts';
import { readAuthority } from './identity/authority.ts';
import { openRevocationList } from './identity/revocation-list.ts';
import { openCityStore } from './stores/open-city-store.ts';
import { createTrustFolder } from './trust-folder.ts';

const SWEEP_MS = 3_600_000;

/**
 * A gateway as its settings say, with its clean-up and its hand-over; not listening yet. `app.close()` ends all of it.
 *
 * @throws when a file, the database or the store cannot be opened.
 */
export async function openGateway(
  settings: GatewaySettings,
  deps: { readonly clock: Clock; readonly logger: Logger; readonly limits?: Partial<GatewayLimits> },
): Promise<{ readonly app: FastifyInstance; readonly reloadCertificates: () => Promise<void> }> {
  const { clock, logger } = deps;
  await mkdir(settings.dataFolder, { recursive: true, mode: 0o700 });
  const receiptKey = await openDeviceKey({
    folder: settings.receiptKeyFolder,
    clock,
    id: 'city-gateway',
    name: 'Một Cửa City Gateway',
  });
  const tls = settings.tls === null ? null : await readTls(settings.tls, deps);
  const dueRules = DueRules.parse(JSON.parse(await readFile(settings.dueRulesFile, 'utf8')));
  const database = await openCityDatabase({
    url: settings.database,
    dataFolder: settings.dataFolder,
    logger,
  });
  const store = await openCityStore({ ...settings, url: settings.store, parts: database.parts }).catch(
    async (error: unknown) => {
      await database.close();
      throw error;
    },
  );
  const trust = createTrustFolder(settings.trustFolder, clock);
  const handover = startHandover({
    system: settings.citySystem === null ? null : createNationalPortal(settings.citySystem),
    database,
    store,
    trust,
    clock,
    logger,
    random: Math.random,
  });
  const app = await buildGateway({
    database,
    store,
    clock,
    logger,
    receiptKey,
    trust,
    dueRules,
    content: createContentSource(settings.contentFolder, receiptKey),
    randomBytes,
    tls,
    accepted: handover.kick,
    limits: {
      maxDossierBytes: settings.maxDossierBytes,
      requestsPerMinute: settings.requestsPerMinute,
      ...deps.limits,
    },
  });
  const stopSweeping = sweepHourly(() =>
    sweepExpired({ database, store, clock, logger, keepDays: settings.keepUnfinishedDays }).catch(
      (error: unknown) => logger.error({ err: error }, 'the sweep failed; it is tried again'),
    ),
  );
  app.addHook('preClose', async () => {
    stopSweeping();
    await handover.stop();
  });
  const reloadCertificates = async () => {
    if (settings.tls === null) return;
    const { certificatePem, privateKeyPem, clientAuthoritiesPem } = await readTls(settings.tls, deps);
    const server = app.server as unknown as Server;
    server.setSecureContext({ cert: certificatePem, key: privateKeyPem, ca: clientAuthoritiesPem });
  };
  return { app, reloadCertificates };
}

async function readTls(
  files: TlsFiles,
  deps: { readonly clock: Clock; readonly logger: Logger },
): Promise<GatewayTls> {
  const text = (file: string) => readFile(file, 'utf8');
  const { authority } = files;
  const authoritiesPem = await text(files.clientAuthorities);
  return {
    certificatePem: await text(files.certificate),
    privateKeyPem: await text(files.key),
    clientAuthoritiesPem: authoritiesPem,
    revoked:
      files.revocationList === null
        ? null
        : await openRevocationList({ file: files.revocationList, authoritiesPem, ...deps }),
    authority:
      authority === null ? null : readAuthority(await text(authority.certificate), await text(authority.key)),
  };
}

/** Once at the start, then every hour; the returned function ends it. */
function sweepHourly(sweep: () => Promise<unknown>): () => void {
  void sweep();
  const timer = setInterval(() => void sweep(), SWEEP_MS);
  timer.unref();
  return () => clearInterval(timer);
}
