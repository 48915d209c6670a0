import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export type CitySystemFault =
  | 'none'
  | 'hang'
  | '503'
  /** Stores the dossier and cuts the line before it answers. */
  | 'deaf'
  /** The page of something else. */
  | 'html'
  | 'refuse'
  | 'endless';

export interface CitySystemSimulator {
  readonly url: string;
  /** By dossier code: how often it was made, and what it says. */
  readonly dossiers: ReadonlyMap<
    string,
    { readonly made: number; readonly updated: number; readonly data: Row }
  >;
  setFault(fault: CitySystemFault): void;
  endSessions(): void;
  /** An officer goes on with it. */
  setStatus(code: string, status: number): void;
  close(): Promise<void>;
}

type Row = Readonly<Record<string, unknown>>;
interface Stored {
  made: number;
  updated: number;
  data: Row;
}

/**
 * The other side of `createNationalPortal`, as far as its fields are known: `login`, `DongBoHoSoMC`, `TraCuuHoSo`.
 * Strict where the real one must be: a dossier that is made twice is counted twice, one without its must-fields is
 * refused. The numbers of errors other than 0 are ours.
 */
export async function startCitySystemSimulator(): Promise<CitySystemSimulator> {
  const dossiers = new Map<string, Stored>();
  let sessions = new Set<string>();
  let fault: CitySystemFault = 'none';
  let logins = 0;

  const store = (row: Row, updating: boolean) => {
    const code = String(row['MaHoSo']);
    const before = dossiers.get(code) ?? { made: 0, updated: 0, data: row };
    const add = updating
      ? { made: before.made, updated: before.updated + 1 }
      : { made: before.made + 1, updated: before.updated };
    dossiers.set(code, { ...add, data: row });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.parse(await readText(request)) as Row;
    const say = (value: object) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    switch (fault) {
      case 'hang':
        return;
      case '503':
        response.writeHead(503).end('later');
        return;
      case 'html':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Portal</title>');
        return;
      case 'endless': {
        response.writeHead(200, { 'content-type': 'application/json' });
        while (!response.destroyed) {
          response.write(' '.repeat(65_536));
          await pause(1);
        }
        return;
      }
      default:
    }
    if (request.url === '/login') {
      const session = `session-${++logins}`;
      sessions.add(session);
      return say(body['password'] === 'right' ? { error_code: '0', session } : { error_code: 1 });
    }
    if (!sessions.has(String(body['session']))) return say({ error_code: 401 });
    if (body['service'] === 'TraCuuHoSo') {
      const found = dossiers.get(String(body['MaHoSo']));
      if (found === undefined) return say({ error_code: 404 });
      return say({
        error_code: 0,
        result: [{ MaHoSo: found.data['MaHoSo'], TrangThai: found.data['TrangThaiHoSo'] }],
      });
    }
    const rows = body['data'] as readonly Row[];
    const must = [
      'MaHoSo',
      'MaTTHC',
      'TenTTHC',
      'ChuHoSo',
      'LoaiDoiTuong',
      'NgayTiepNhan',
      'TrangThaiHoSo',
      'DonViXuLy',
    ];
    if (fault === 'refuse' || rows.some((row) => must.some((name) => !row[name])))
      return say({ error_code: 422 });
    for (const row of rows) store(row, body['isUpdating'] === 'True');
    if (fault === 'deaf') {
      response.socket?.destroy();
      return;
    }
    return say({ error_code: 0 });
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dossiers,
    setFault: (next) => {
      fault = next;
    },
    endSessions: () => {
      sessions = new Set();
    },
    setStatus: (code, status) => {
      const found = dossiers.get(code);
      if (found !== undefined) found.data = { ...found.data, TrangThaiHoSo: String(status) };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
