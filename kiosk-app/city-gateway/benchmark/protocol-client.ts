import { type FileHandle, open } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import type { DossierManifest } from '@motcua/contract';

export interface Exchange {
  readonly status: number;
  readonly offset: number;
  readonly text: string;
}

/** One kiosk's connection: the upload contract and nothing around it, so that the gateway is what is measured. */
export interface ProtocolClient {
  ask(
    method: string,
    path: string,
    body?: string | Buffer,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Exchange>;
  /** Announces and sends; resolves with the bytes that were given to the line. Throws when the line breaks. */
  send(
    manifest: DossierManifest,
    file: string,
    chunkBytes: number,
    onChunk?: (sent: number) => void,
  ): Promise<number>;
  close(): void;
}

const TUS = { 'tus-resumable': '1.0.0' };
const JSON_TYPE = { 'content-type': 'application/json' };

export function createProtocolClient(url: () => string): ProtocolClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask: ProtocolClient['ask'] = (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const request = httpRequest(new URL(path, url()), {
        method,
        agent,
        headers: { ...headers, ...length },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            offset: Number(response.headers['upload-offset']),
            text,
          }),
        );
      });
      request.end(body);
    });
  return {
    ask,
    send: async (manifest, file, chunkBytes, onChunk) => {
      const id = manifest.dossierId;
      expectStatus(await ask('PUT', `/dossiers/${id}`, JSON.stringify(manifest), JSON_TYPE), 200);
      let { offset } = expectStatus(await ask('HEAD', `/uploads/${id}`, undefined, TUS), 200);
      let given = 0;
      const handle = await open(file, 'r');
      try {
        while (offset < manifest.size) {
          const chunk = await readChunk(handle, offset, Math.min(chunkBytes, manifest.size - offset));
          onChunk?.(given);
          given += chunk.length;
          const headers = {
            ...TUS,
            'upload-offset': String(offset),
            'content-type': 'application/offset+octet-stream',
          };
          ({ offset } = expectStatus(await ask('PATCH', `/uploads/${id}`, chunk, headers), 204));
        }
      } finally {
        await handle.close();
      }
      return given;
    },
    close: () => agent.destroy(),
  };
}

async function readChunk(handle: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(bytes);
  await handle.read(chunk, 0, bytes, from);
  return chunk;
}

export function expectStatus(exchange: Exchange, status: number): Exchange {
  if (exchange.status !== status)
    throw new Error(`answer ${exchange.status}: ${exchange.text.slice(0, 200)}`);
  return exchange;
}
