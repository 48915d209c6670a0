import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, silentLogger } from '@motcua/core';
import { openDeviceKey } from '@motcua/ocr-pipeline/dossier';
import { buildGateway } from '../build-gateway.ts';
import { DueRules } from '../due-date.ts';

export interface TestGateway {
  readonly url: string;
  readonly receiptCertificatePem: string;
  close(): Promise<void>;
}

/** The real gateway on a free port of the loopback address, with a clock and kiosks of the caller's choice. */
export async function startTestGateway(options: {
  readonly folder: string;
  readonly clock: Clock;
  readonly trust: () => readonly string[];
}): Promise<TestGateway> {
  const { folder, clock } = options;
  const receiptKey = await openDeviceKey({
    folder: join(folder, 'receipt-key'),
    clock,
    id: 'city-gateway',
    name: 'City gateway',
  });
  const rules: unknown = JSON.parse(await readFile(join(import.meta.dirname, '../due-rules.json'), 'utf8'));
  const app = await buildGateway({
    dataFolder: folder,
    clock,
    logger: silentLogger,
    receiptKey,
    trust: async () => options.trust(),
    dueRules: DueRules.parse(rules),
    randomBytes,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, receiptCertificatePem: receiptKey.certificatePem, close: () => app.close() };
}
