import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PCSC_BRIDGE } from '../../id-chip/pcsc/bridge.ts';

/** A PC/SC service of its own with one virtual reader (vpcd); the machine's own service is left alone. */
export interface VirtualReader {
  /** For `openChipReader({ socket })` or, in the environment of a child, `PCSCLITE_CSOCK_NAME`. */
  readonly socket: string;
  /** Where a card connects (`virtualCardSlot`). */
  readonly port: number;
  /** Stops the service as a crash would, and starts it again. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const SOCKET_EXEC = fileURLToPath(new URL('./native/build/socket-exec', import.meta.url));
const PCSCD = '/usr/sbin/pcscd';
const VPCD = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
const START_MS = 5_000;

/** What is missing here for a virtual reader; null when nothing is. */
export function virtualReaderLacks(): string | null {
  if (!existsSync(PCSCD)) return 'pcscd is not installed: apt-get install pcscd';
  if (!existsSync(VPCD)) return 'vpcd is not installed: apt-get install vsmartcard-vpcd';
  if (!existsSync(PCSC_BRIDGE) || !existsSync(SOCKET_EXEC))
    return 'the bridge to PC/SC is not built: apt-get install gcc libc6-dev libpcsclite-dev, then npm start';
  return null;
}

export async function startVirtualReader(): Promise<VirtualReader> {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-pcsc-'));
  const socket = join(folder, 'pcscd.comm');
  const port = await freePair();
  const configuration = join(folder, 'reader.conf');
  await writeFile(
    configuration,
    `FRIENDLYNAME "Motcua Virtual Reader"
DEVICENAME /dev/null:0x${port.toString(16)}
LIBPATH ${VPCD}
CHANNELID 0x${port.toString(16)}
`,
  );
  let service: ChildProcess | null = null;
  const start = async () => {
    service = spawn(SOCKET_EXEC, [socket, PCSCD, '--foreground', '--config', configuration], {
      stdio: 'ignore',
    });
    const started = service;
    started.once('error', () => undefined);
    for (const until = Date.now() + START_MS; !existsSync(socket); ) {
      if (Date.now() > until || started.exitCode !== null) throw new Error('pcscd did not start');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const kill = async () => {
    const running = service;
    service = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
    await rm(socket, { force: true });
  };
  await start();
  return {
    socket,
    port,
    kill,
    start,
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Two free ports in a row: vpcd makes a reader with two slots. */
async function freePair(): Promise<number> {
  for (;;) {
    const first = createServer();
    const port = await listen(first, 0);
    const second = createServer();
    const next = port !== null && port < 65_535 ? await listen(second, port + 1) : null;
    await Promise.all([first, second].map((server) => new Promise((resolve) => server.close(resolve))));
    if (port !== null && next !== null) return port;
  }
}

const listen = (server: ReturnType<typeof createServer>, port: number) =>
  new Promise<number | null>((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : null);
    });
  });
