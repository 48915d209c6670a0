import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { capabilitiesXml, readScanSettings, type ScanOrder, statusXml } from './escl-documents.ts';
import type { EsclFault, EsclMisbehaviour } from './escl-faults.ts';
import { drawPage } from './escl-page.ts';

export interface SimulatedEsclOptions {
  /** Default: PNG, JPEG and PDF. A real one always has JPEG and PDF, PNG seldom. */
  readonly formats?: readonly string[];
  /** Default: all three. */
  readonly sources?: readonly ScanOrder['source'][];
  readonly resolutions?: readonly number[];
  /** Speaks `https` with this key and certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A sheet by the image files of its sides; without a back, that one is white. */
export interface Sheet {
  readonly front: string;
  readonly back?: string;
}

/** A network scanner that speaks eSCL on a free port of 127.0.0.1. Strict: it scans again only when the last job was deleted. */
export interface SimulatedEsclScanner {
  /** For `openDocumentScanner`. */
  readonly uri: `escl:${string}`;
  readonly url: string;
  /** Lays sheets into the feeder, behind those that lie there; the first image is on the glass too. */
  lay(sheets: readonly (Sheet | string)[]): void;
  /** The scanner's trouble from now on, or after so many more pages; null ends it. */
  setFault(fault: EsclFault | null, afterPages?: number): void;
  /** What it does wrong, until told otherwise. */
  misbehave(how: EsclMisbehaviour | null): void;
  /** Jobs that nobody has deleted. */
  openJobs(): number;
  /** What was asked of it, as `GET /eSCL/ScannerStatus`. */
  requests(): readonly string[];
  /** Bodies of `POST ScanJobs`. */
  orders(): readonly string[];
  sheetsLeft(): number;
  unplug(): Promise<void>;
  close(): Promise<void>;
}

interface Job {
  readonly path: string;
  readonly order: ScanOrder;
  state: 'Processing' | 'Completed' | 'Canceled' | 'Aborted';
  pages: number;
  /** The back that comes next. */
  back: string | null | undefined;
  asked: number;
}

export async function startSimulatedEsclScanner(
  options: SimulatedEsclOptions = {},
): Promise<SimulatedEsclScanner> {
  const model = {
    formats: options.formats ?? ['image/png', 'image/jpeg', 'application/pdf'],
    sources: options.sources ?? (['Platen', 'Feeder', 'Duplex'] as const),
    resolutions: options.resolutions ?? [75, 150, 200, 300, 600],
  };
  const requests: string[] = [];
  const orders: string[] = [];
  let sheets: Sheet[] = [];
  let glass: string | null = null;
  let fault: EsclFault | null = null;
  let pending: { fault: EsclFault; pages: number } | null = null;
  let misbehaviour: EsclMisbehaviour | null = null;
  let job: Job | null = null;
  let jobs = 0;

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    handle(request, response).catch(() => response.destroy());
  };
  const server = options.tls ? createTlsServer(options.tls, onRequest) : createServer(onRequest);
  server.keepAliveTimeout = 1_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/eSCL`;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (fault === 'unplugged') return void request.socket.destroy();
    const { method, url: path = '' } = request;
    if (misbehaviour?.(path, request, response)) return;
    if (fault === 'denied') return answer(response, 401);
    if (method === 'GET' && path === '/eSCL/ScannerCapabilities')
      return answer(response, 200, capabilitiesXml(model));
    if (method === 'GET' && path === '/eSCL/ScannerStatus') return answer(response, 200, statusXml(status()));
    if (method === 'POST' && path === '/eSCL/ScanJobs') return createJob(await bodyOf(request), response);
    if (job && method === 'DELETE' && path === job.path) {
      job = null;
      return answer(response, 200);
    }
    if (job && method === 'GET' && path === `${job.path}/NextDocument`) return nextDocument(job, response);
    answer(response, 404);
  };

  const adfState = () => {
    if (fault === 'jam') return 'ScannerAdfJam';
    if (fault === 'cover-open') return 'ScannerAdfHatchOpen';
    if (fault === 'door-open') return 'ScannerAdfDoorOpen';
    return sheets.length > 0 ? 'ScannerAdfLoaded' : 'ScannerAdfEmpty';
  };
  const status = () => ({
    state:
      fault === 'jam' || fault === 'cover-open' || fault === 'door-open'
        ? 'Stopped'
        : fault === 'busy' || job?.state === 'Processing'
          ? 'Processing'
          : 'Idle',
    adfState: model.sources.some((source) => source !== 'Platen') ? adfState() : null,
    jobs: job ? [job] : [],
  });

  const createJob = (body: string, response: ServerResponse) => {
    orders.push(body.slice(0, 10_000));
    const order = readScanSettings(body, model);
    if (!order) return answer(response, 400);
    if (job || fault === 'busy') return answer(response, 503);
    if (order.source !== 'Platen' && (sheets.length === 0 || fault)) return answer(response, 409);
    jobs += 1;
    job = { path: `/eSCL/ScanJobs/${jobs}`, order, state: 'Processing', pages: 0, back: undefined, asked: 0 };
    response.setHeader('Location', `${url.slice(0, -'/eSCL'.length)}${job.path}`);
    answer(response, 201);
  };

  /** The next side, or undefined when there is none. */
  const feed = (from: Job): string | null | undefined => {
    if (from.order.source === 'Platen') return from.pages === 0 ? glass : undefined;
    if (from.back !== undefined) {
      const { back } = from;
      from.back = undefined;
      return back;
    }
    const sheet = sheets.shift();
    if (sheet && from.order.source === 'Duplex') from.back = sheet.back ?? null;
    return sheet?.front;
  };

  const nextDocument = async (from: Job, response: ServerResponse) => {
    from.asked += 1;
    if (pending && pending.pages === 0) {
      ({ fault } = pending);
      pending = null;
    }
    if (fault === 'unplugged') return void response.socket?.destroy();
    if (fault) {
      from.state = 'Aborted';
      return answer(response, 409);
    }
    const side = feed(from);
    if (side === undefined) {
      from.state = 'Completed';
      return answer(response, 404);
    }
    from.pages += 1;
    if (pending) pending.pages -= 1;
    const page = await drawPage(side, from.order);
    response.setHeader('Content-Type', from.order.format);
    response.setHeader('Content-Location', `${from.path}/NextDocument`);
    answer(response, 200, page);
  };

  const unplug = async () => {
    fault = 'unplugged';
    server.closeAllConnections();
  };

  return {
    uri: `escl:${url}`,
    url,
    lay: (laid) => {
      const whole = laid.map((sheet) => (typeof sheet === 'string' ? { front: sheet } : sheet));
      sheets.push(...whole);
      glass = whole[0]?.front ?? glass;
    },
    setFault: (next, afterPages) => {
      if (next !== null && afterPages !== undefined) {
        pending = { fault: next, pages: afterPages };
        return;
      }
      fault = next;
      pending = null;
      if (next === 'empty') {
        sheets = [];
        fault = null;
      }
    },
    misbehave: (how) => {
      misbehaviour = how;
    },
    openJobs: () => (job ? 1 : 0),
    requests: () => requests,
    orders: () => orders,
    sheetsLeft: () => sheets.length,
    unplug,
    close: async () => {
      await unplug();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, status: number, body: string | Buffer = ''): void {
  if (typeof body === 'string' && body !== '') response.setHeader('Content-Type', 'text/xml');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(status).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > 100_000) throw new Error('too long');
  }
  return body;
}
