import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Logger, silentLogger } from '@motcua/core';
import { openDeviceKey } from '@motcua/ocr-pipeline/dossier';
import { buildGateway, type GatewayLimits, type GatewayTls } from '../build-gateway.ts';
import { createContentSource } from '../content/content-source.ts';
import { type CityDatabase, openCityDatabase } from '../database/city-database.ts';
import { DueRules } from '../due-date.ts';
import type { CityStore } from '../stores/city-store.ts';
import { openCityStore, type S3Access } from '../stores/open-city-store.ts';

export interface TestGateway {
  readonly url: string;
  readonly receiptCertificatePem: string;
  readonly database: CityDatabase;
  readonly store: CityStore;
  /** `method /address/:of` */
  readonly routes: readonly string[];
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly trust: () => readonly string[];
  readonly databaseUrl?: string;
  readonly storeUrl?: string;
  readonly s3?: S3Access;
  /** The receipt key of another gateway of the same city. */
  readonly receiptKeyFolder?: string;
  readonly tls?: GatewayTls;
  readonly limits?: Partial<GatewayLimits>;
  /** Of the disk, left free. */
  readonly reservedBytes?: number;
  readonly logger?: Logger;
}

/** The real gateway on a free port of the loopback address, with a clock and kiosks of the caller's choice. */
export async function startTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const { folder, clock, logger = silentLogger, tls = null } = options;
  await mkdir(folder, { recursive: true });
  const receiptKey = await openDeviceKey({
    folder: options.receiptKeyFolder ?? join(folder, 'receipt-key'),
    clock,
    id: 'city-gateway',
    name: 'City gateway',
  });
  const rules: unknown = JSON.parse(await readFile(join(import.meta.dirname, '../due-rules.json'), 'utf8'));
  const database = await openCityDatabase({
    url: options.databaseUrl ?? 'sqlite:',
    dataFolder: folder,
    logger,
  });
  const store = await openCityStore({
    url: options.storeUrl ?? 'disk:',
    dataFolder: folder,
    s3: options.s3 ?? { region: 'us-east-1' },
    parts: database.parts,
    ...(options.reservedBytes === undefined ? {} : { reservedBytes: options.reservedBytes }),
  });
  const app = await buildGateway({
    database,
    store,
    clock,
    logger,
    receiptKey,
    trust: async () => options.trust(),
    dueRules: DueRules.parse(rules),
    content: createContentSource(join(folder, 'content'), receiptKey),
    randomBytes,
    tls,
    limits: { requestsPerMinute: 1_000_000, ...options.limits },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    receiptCertificatePem: receiptKey.certificatePem,
    database,
    store,
    routes: app.routes,
    close: () => app.close(),
  };
}
