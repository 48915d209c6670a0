import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { syncFolder } from '@motcua/core';

// What the gateway is measured against: the least that a server can do which takes a file and does not lose it.
const folder = join(process.env['MOTCUA_CITY_DATA'] ?? '', 'plain');
await mkdir(folder, { recursive: true });
const server = createServer((request, response) => {
  const file = createWriteStream(join(folder, basename(request.url ?? '')), { flush: true });
  pipeline(request, file)
    .then(() => syncFolder(folder))
    .then(
      () => response.writeHead(204).end(),
      () => response.destroy(),
    );
});
server.listen(Number(process.env['MOTCUA_CITY_PORT']), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.error(JSON.stringify({ address: `http://127.0.0.1:${port}` }));
});
