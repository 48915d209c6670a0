import { createReadStream } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { DossierManifest } from '@motcua/contract';

export interface Exchange {
  readonly status: number;
  readonly offset: number;
  readonly text: string;
}

/** Read while it is sent, as a kiosk does it. */
export interface FilePart {
  readonly file: string;
  readonly from: number;
  readonly bytes: number;
}

/** One kiosk's connection: the upload contract and nothing around it, so that the gateway is what is measured. */
export interface ProtocolClient {
  ask(
    method: string,
    path: string,
    body?: string | FilePart,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Exchange>;
  /** Announces and sends what is missing; resolves with the bytes of the chunks. Throws when the line breaks. */
  send(
    manifest: DossierManifest,
    file: string,
    chunkBytes: number,
    onChunk?: (sent: number) => void,
  ): Promise<number>;
  /** Everything that was given to the line so far, requests that broke off and headers included. */
  bytesOnLine(): number;
  close(): void;
}

const TUS = { 'tus-resumable': '1.0.0' };
const JSON_TYPE = { 'content-type': 'application/json' };

export function createProtocolClient(url: () => string): ProtocolClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<Socket>();
  const ask: ProtocolClient['ask'] = (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const bytes = typeof body === 'string' ? Buffer.byteLength(body) : (body?.bytes ?? 0);
      const length = body === undefined ? {} : { 'content-length': String(bytes) };
      const request = httpRequest(new URL(path, url()), {
        method,
        agent,
        headers: { ...headers, ...length },
      });
      request.on('error', reject);
      request.on('socket', (socket) => sockets.add(socket));
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
      if (typeof body !== 'object') return request.end(body);
      const part = { start: body.from, end: body.from + body.bytes - 1, highWaterMark: 262_144 };
      // What goes wrong is told by the request.
      pipeline(createReadStream(body.file, part), request, () => undefined);
    });
  return {
    ask,
    send: async (manifest, file, chunkBytes, onChunk) => {
      const id = manifest.dossierId;
      expectStatus(await ask('PUT', `/dossiers/${id}`, JSON.stringify(manifest), JSON_TYPE), 200);
      let { offset } = expectStatus(await ask('HEAD', `/uploads/${id}`, undefined, TUS), 200);
      let given = 0;
      while (offset < manifest.size) {
        const part = { file, from: offset, bytes: Math.min(chunkBytes, manifest.size - offset) };
        onChunk?.(given);
        given += part.bytes;
        const headers = {
          ...TUS,
          'upload-offset': String(offset),
          'content-type': 'application/offset+octet-stream',
        };
        ({ offset } = expectStatus(await ask('PATCH', `/uploads/${id}`, part, headers), 204));
      }
      return given;
    },
    bytesOnLine: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    close: () => agent.destroy(),
  };
}

export function expectStatus(exchange: Exchange, status: number): Exchange {
  if (exchange.status !== status)
    throw new Error(`answer ${exchange.status}: ${exchange.text.slice(0, 200)}`);
  return exchange;
}
