import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** What can be wrong with the scanner itself. An open cover has two names in the trade. */
export type EsclFault = 'jam' | 'cover-open' | 'door-open' | 'empty' | 'busy' | 'denied' | 'unplugged';

/** Sees every request first; true when it has answered (or will not). */
export type EsclMisbehaviour = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

const isNext = (path: string) => path.endsWith('/NextDocument');

/** Applies to the first requests for which `when` holds, `times` of them. */
function firstTimes(times: number, when: (path: string) => boolean, act: (response: ServerResponse) => void) {
  let done = 0;
  return (path: string, _: IncomingMessage, response: ServerResponse) => {
    if (!when(path) || done >= times) return false;
    done += 1;
    act(response);
    return true;
  };
}

/** Applies to every other request for a page, beginning with the first. */
function everyOther(act: (response: ServerResponse) => void): EsclMisbehaviour {
  let count = 0;
  return (path, _, response) => {
    if (!isNext(path)) return false;
    count += 1;
    if (count % 2 === 0) return false;
    act(response);
    return true;
  };
}

const plain =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'Content-Length': '0', ...headers }).end();

/** Pours out a chunk again and again, until the client goes away. */
function pour(response: ServerResponse, chunk: Buffer): void {
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

/** Lets the scanner answer and changes the head: `change` sees the status and gives the one that is sent. */
function changeHead(
  when: (path: string) => boolean,
  change: (response: ServerResponse, status: number) => number,
): EsclMisbehaviour {
  return (path, _, response) => {
    if (when(path)) {
      const writeHead = response.writeHead.bind(response) as (status: number) => ServerResponse;
      response.writeHead = ((status: number) =>
        writeHead(change(response, status))) as ServerResponse['writeHead'];
    }
    return false;
  };
}

/** Changes where a new job is said to be; null says nothing of it. */
function changeLocation(change: (location: URL) => string | null): EsclMisbehaviour {
  return changeHead(
    (path) => path.endsWith('/ScanJobs'),
    (response, status) => {
      if (status !== 201) return status;
      const changed = change(new URL(String(response.getHeader('Location'))));
      if (changed === null) response.removeHeader('Location');
      else response.setHeader('Location', changed);
      return status;
    },
  );
}

/** Seen on scanners of the trade, or what a hostile one on the same network could do. */
export const esclMisbehaviours = {
  /** 503 before every page. */
  '503-between-sheets': () => everyOther(plain(503, { 'Retry-After': '1' })),
  /** Brother: 404 when asked too soon. */
  'early-404': () => firstTimes(2, isNext, plain(404)),
  /** 409 where the standard has 404. */
  '409-at-the-end': () => changeHead(isNext, (_, status) => (status === 404 ? 409 : status)),
  'relative-location': () => changeLocation(({ pathname }) => pathname),
  /** A job on another host name: its own in a zone that does not resolve here, or somebody else's. */
  'foreign-location': (host: string) => changeLocation(({ pathname }) => `http://${host}${pathname}`),
  'no-location': () => changeLocation(() => null),
  redirect: (to: string) => (path: string, _: IncomingMessage, response: ServerResponse) => {
    if (!path.endsWith('/ScannerCapabilities')) return false;
    plain(302, { Location: to })(response);
    return true;
  },
  'garbage-xml': () =>
    firstTimes(
      Number.POSITIVE_INFINITY,
      (path) => path.endsWith('/ScannerCapabilities'),
      (response) => void response.writeHead(200).end('<scan:ScannerCapabilities><a></b>&&&'),
    ),
  'endless-xml': () =>
    firstTimes(
      Number.POSITIVE_INFINITY,
      (path) => path.endsWith('/ScannerCapabilities'),
      (response) => pour(response.writeHead(200), Buffer.from('<a>'.repeat(20_000))),
    ),
  /** White space without end, packed to a thousandth. */
  'gzip-bomb': () =>
    firstTimes(
      Number.POSITIVE_INFINITY,
      (path) => path.endsWith('/ScannerCapabilities'),
      (response) => {
        const packed = gzipSync(Buffer.alloc(1_048_576, ' '));
        pour(response.writeHead(200, { 'Content-Encoding': 'gzip' }), packed);
      },
    ),
  'not-http': () =>
    firstTimes(Number.POSITIVE_INFINITY, isNext, (response) => {
      response.socket?.end('SSH-2.0-OpenSSH_9.2p1\r\n\r\n');
    }),
  /** The body ends before its stated length. */
  'cut-body': () =>
    firstTimes(1, isNext, (response) => {
      response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': '100000' });
      response.write(Buffer.from('89504e470d0a1a0a', 'hex'), () => response.destroy());
    }),
  /** An image whose stated length is too short: whole HTTP, half a page. */
  'wrong-length': () =>
    firstTimes(1, isNext, (response) => {
      response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': '8' });
      response.end(Buffer.from('89504e470d0a1a0a', 'hex'));
    }),
  'words-for-a-page': () =>
    firstTimes(1, isNext, (response) => void response.writeHead(200).end('<html>Sorry</html>')),
  'endless-page': () =>
    firstTimes(1, isNext, (response) => pour(response.writeHead(200), Buffer.alloc(1_048_576))),
  /** Takes the request and says nothing. */
  stall: (where: (path: string) => boolean = isNext) =>
    firstTimes(Number.POSITIVE_INFINITY, where, () => undefined),
  /** A byte now and then, for ever. */
  'slow-loris': (everyMs = 20) =>
    firstTimes(1, isNext, (response) => {
      response.writeHead(200, { 'Content-Type': 'image/png' });
      const timer = setInterval(() => response.write('.'), everyMs);
      response.on('close', () => clearInterval(timer));
    }),
} as const;
