import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLogger, systemClock } from '@motcua/core';
import { openDeviceKey } from '@motcua/ocr-pipeline/dossier';
import { buildGateway } from './build-gateway.ts';
import { DueRules } from './due-date.ts';
import { readTrustFolder } from './trust-folder.ts';

const {
  MOTCUA_CITY_DATA = '',
  MOTCUA_CITY_TRUST = '',
  MOTCUA_CITY_PORT = '8742',
  MOTCUA_CITY_HOST = '127.0.0.1',
  MOTCUA_LOG_LEVEL = 'info',
} = process.env;
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: MOTCUA_CITY_DATA },
    port: { type: 'string', default: MOTCUA_CITY_PORT },
    host: { type: 'string', default: MOTCUA_CITY_HOST },
    trust: { type: 'string', default: MOTCUA_CITY_TRUST },
    'due-rules': { type: 'string', default: join(import.meta.dirname, 'due-rules.json') },
  },
});
const port = Number(values.port);
if (values.data === '' || values.trust === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(
    'usage: main.ts --data FOLDER --trust FOLDER_OF_KIOSK_CERTIFICATES [--port 8742] [--host 127.0.0.1]',
  );
  process.exit(2);
}

// The database holds look-up secrets: nothing that this process makes is for other users' eyes.
process.umask(0o077);
const logger = createLogger({ level: MOTCUA_LOG_LEVEL });
const receiptKey = await openDeviceKey({
  folder: join(values.data, 'receipt-key'),
  clock: systemClock,
  id: 'city-gateway',
  name: 'Một Cửa City Gateway',
});
const app = await buildGateway({
  dataFolder: values.data,
  clock: systemClock,
  logger,
  receiptKey,
  trust: () => readTrustFolder(values.trust),
  dueRules: DueRules.parse(JSON.parse(await readFile(values['due-rules'], 'utf8'))),
  randomBytes,
});
const address = await app.listen({ host: values.host, port });
logger.info({ address }, 'the city gateway listens');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
