import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReceiptClaims } from '@motcua/contract';
import { systemClock } from '@motcua/core';
import { openDeviceKey, signReceipt } from '@motcua/ocr-pipeline/dossier';

export type GatewayFault =
  | 'none'
  /** Takes the request and says nothing, for ever. */
  | 'hang'
  | '500'
  /** JSON that is not what was agreed. */
  | 'nonsense'
  /** The login page of a captive network, status 200. */
  | 'html'
  /** The same network refusing with its own page, status 400. */
  | 'html-400'
  | 'redirect'
  /** An answer without end. */
  | 'endless'
  /** Cuts the connection in the middle of each chunk. */
  | 'cut'
  /** A refusal for good, as the contract has it. */
  | 'refuse'
  /** Receipts: under a key that nobody knows; and of another dossier, properly signed. */
  | 'wrong-signature'
  | 'other-dossier'
  | 'other-bytes';

export interface FaultyGateway {
  readonly url: string;
  readonly receiptCertificatePem: string;
  /** Request lines seen, such as `PATCH /uploads/01…`. */
  readonly requests: readonly string[];
  setBehaviour(behaviour: GatewayFault): void;
  close(): Promise<void>;
}

/**
 * A city that misbehaves, on a real port of the loopback address. Up to its fault it keeps to the contract, but it
 * verifies nothing and keeps only counts: dossiers are never stored. `step` says from which request on it is faulty.
 */
export async function startFaultyGateway(options: {
  readonly behaviour: GatewayFault;
  readonly step?: 'announce' | 'upload' | 'commit';
}): Promise<FaultyGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'faulty-gateway-'));
  const key = await openDeviceKey({ folder, clock: systemClock, id: 'faulty', name: 'Faulty gateway' });
  const state: State = {
    behaviour: options.behaviour,
    step: options.step ?? 'announce',
    sizes: new Map(),
    hashes: new Map(),
    received: new Map(),
    requests: [],
    sign: (claims, honest) => {
      const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      return signReceipt(claims, honest ? key : { privateKey: stranger, certificate: key.certificate });
    },
  };
  const server = createServer((request, response) => {
    state.requests.push(`${request.method} ${request.url}`);
    answer(state, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    receiptCertificatePem: key.certificatePem,
    requests: state.requests,
    setBehaviour: (behaviour) => {
      state.behaviour = behaviour;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface State {
  behaviour: GatewayFault;
  readonly step: 'announce' | 'upload' | 'commit';
  readonly sizes: Map<string, number>;
  readonly hashes: Map<string, string>;
  readonly received: Map<string, number>;
  readonly requests: string[];
  readonly sign: (claims: ReceiptClaims, honest: boolean) => Promise<string>;
}

const STEPS = ['announce', 'upload', 'commit'] as const;

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, , id = '', action] = (request.url ?? '').split('/');
  const step = request.method === 'PUT' ? 'announce' : action === 'commit' ? 'commit' : 'upload';
  const faulty = STEPS.indexOf(step) >= STEPS.indexOf(state.step);
  if (faulty && state.behaviour === 'cut' && request.method === 'PATCH') return cut(state, id, request);
  if (faulty && misbehave(state.behaviour, response)) {
    request.resume();
    return;
  }
  switch (request.method) {
    case 'PUT': {
      const manifest = JSON.parse(await text(request)) as { size: number; sha256: string };
      state.sizes.set(id, manifest.size);
      state.hashes.set(id, manifest.sha256);
      return json(response, 200, { state: 'waiting', uploadUrl: `/uploads/${id}` });
    }
    case 'HEAD':
      response.writeHead(200, {
        'upload-offset': state.received.get(id) ?? 0,
        'upload-length': state.sizes.get(id) ?? 0,
      });
      response.end();
      return;
    case 'PATCH':
      for await (const chunk of request)
        state.received.set(id, (state.received.get(id) ?? 0) + (chunk as Buffer).length);
      response.writeHead(204, { 'upload-offset': state.received.get(id) ?? 0 }).end();
      return;
    default: {
      request.resume();
      const receipt = await state.sign(claimsFor(state, id), state.behaviour !== 'wrong-signature');
      return json(response, 200, { receipt });
    }
  }
}

function claimsFor(state: State, id: string): ReceiptClaims {
  return {
    version: 1,
    dossierId: state.behaviour === 'other-dossier' ? '0'.repeat(26) : id,
    sha256: state.behaviour === 'other-bytes' ? '0'.repeat(64) : (state.hashes.get(id) ?? ''),
    dossierCode: 'H29.15-261008-0001',
    receivedAt: '2026-10-08T09:10:00+07:00',
    dueAt: null,
    receivingUnit: 'UBND phường Tân Hưng',
    settlingUnit: 'UBND phường Tân Hưng',
    lookUpSecret: 'AAAAA-BBBBB',
  };
}

/** True when it has answered, or will never. */
function misbehave(behaviour: GatewayFault, response: ServerResponse): boolean {
  switch (behaviour) {
    case 'hang':
      return true;
    case '500':
      json(response, 500, { title: 'no' });
      return true;
    case 'nonsense':
      json(response, 200, { state: 42, receipt: ['?'] });
      return true;
    case 'html':
    case 'html-400':
      response.writeHead(behaviour === 'html' ? 200 : 400, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Wi-Fi</title>');
      return true;
    case 'redirect':
      response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end();
      return true;
    case 'endless': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(16_384)));
      };
      response.on('drain', more);
      more();
      return true;
    }
    case 'refuse':
      json(
        response,
        422,
        { title: 'refused', status: 422, code: 'document-changed' },
        'application/problem+json',
      );
      return true;
    case 'none':
    case 'cut':
    case 'wrong-signature':
    case 'other-dossier':
    case 'other-bytes':
      return false;
  }
}

/** Keeps the first bytes that come and drops the line. */
function cut(state: State, id: string, request: IncomingMessage): void {
  request.once('data', (chunk: Buffer) => {
    state.received.set(id, (state.received.get(id) ?? 0) + Math.ceil(chunk.length / 2));
    request.socket.destroy();
  });
}

function json(response: ServerResponse, status: number, body: object, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type });
  response.end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
