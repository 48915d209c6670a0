import { setFlagsFromString } from 'node:v8';
import { createLogger, systemClock } from '@motcua/core';
import { readSettings } from './gateway-settings.ts';
import { openGateway } from './open-gateway.ts';

const settings = readSettings(process.argv.slice(2), process.env);
if (!settings.ok) {
  console.error(settings.error);
  console.error(
    'usage: main.ts --data FOLDER --trust FOLDER_OF_KIOSK_CERTIFICATES [--port 8742] [--host 127.0.0.1]',
  );
  process.exit(2);
}

// Chunks are memory outside of V8's heap; by its own rule it would collect the whole heap for every dozen megabytes that
// come, which took more processor time than all the rest of an upload.
setFlagsFromString('--heap-growing-percent=400');

// The database holds look-up secrets: nothing that this process makes is for other users' eyes.
process.umask(0o077);
const { host, port } = settings.value;
const logger = createLogger({ level: settings.value.logLevel });
const { app, reloadCertificates } = await openGateway(settings.value, { clock: systemClock, logger });
const address = await app.listen({ host, port });
logger.info({ address }, 'the city gateway listens');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
process.on('SIGHUP', () => {
  reloadCertificates().then(
    () => logger.info({}, 'certificates were read again'),
    (error: unknown) => logger.error({ err: error }, 'certificates could not be read; the old ones stay'),
  );
});
