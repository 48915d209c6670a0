import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurable } from '@motcua/core';
import {
  type SimulatedPrinter,
  type SimulatedReader,
  type SimulatedScannerFolder,
  simulatedScannerFolder,
  startSimulatedPrinter,
  startSimulatedSerialReader,
  startSimulatedTcpReader,
} from '@motcua/device-drivers/simulators';
import { demoSiteConfig, type SiteFile } from '@motcua/firmware-config';
import { certifyDevice, type LocalPki, startLocalPki } from '@motcua/ocr-pipeline/simulators';
import { createFileLayout } from '@motcua/service/storage';
import { requestLaunchUrl } from '@motcua/shell';
import { rememberDemoCertificate } from '../trust-store.ts';
import { makeUsableFolder } from '../usable-folder.ts';
import { type ChildProgram, createChildProgram } from './child-program.ts';
import { startControlServer } from './control-server.ts';
import { type DemoChip, startDemoChip } from './demo-chip.ts';
import { freePort } from './free-port.ts';
import { lockFolder } from './lock-folder.ts';
import { addDemoOfficer, type DemoOfficer, demoOfficer, prepareOfficerToken } from './officer.ts';

export interface DemoOptions {
  /** Everything of the demo lies here; what is there already is taken up again. */
  readonly folder: string;
  /** Forget what lies there. */
  readonly fresh?: boolean;
  /** Address of the screen; 0 takes a free port. */
  readonly port?: number;
  /** `folder` feeds image files; `sane:test:0` is SANE's own test scanner; `escl:…` one that is simulated elsewhere. */
  readonly scanner?: 'folder' | `sane:${string}` | `escl:${string}`;
  /** The folder's pages arrive one after another, as through a feeder, instead of all at once. */
  readonly slowScanner?: boolean;
  readonly reader?: 'serial' | 'tcp';
  /** In the reader's place, a camera that sees this picture or film. */
  readonly camera?: string;
  /** A chip reader behind a PC/SC service of the demo's own, where pcscd and vpcd are installed. */
  readonly chipReader?: boolean;
  /** Start the service again when it dies. */
  readonly restart?: boolean;
  readonly cityWaitMs?: number;
  /** What Node is told for the service: a test breaks it while it loads. */
  readonly serviceNode?: { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
  /** Changes the demo's configuration before it is written. */
  readonly adjust?: (site: SiteFile) => SiteFile;
  /** An officer with a token (SoftHSM), for the page `/officer`; not where SoftHSM is missing. */
  readonly officer?: boolean;
  /** Size of the simulated printer's pace; as fast as it can when left out. */
  readonly dotsPerSecond?: number;
}

/** A whole kiosk with its surroundings: service and gateway as processes, devices as simulators on real channels. */
export interface Demo {
  readonly origin: string;
  readonly folder: string;
  readonly dataFolder: string;
  /** Plain pages of the open visit, in memory. */
  readonly workingFolder: string;
  readonly tokenFile: string;
  readonly configFile: string;
  readonly service: ChildProgram;
  readonly gateway: ChildProgram;
  readonly gatewayUrl: string;
  readonly printer: SimulatedPrinter;
  readonly reader: SimulatedReader;
  readonly scanner: SimulatedScannerFolder;
  readonly chip: DemoChip | null;
  readonly officer: DemoOfficer | null;
  /** The authorities beside the kiosk; null where OpenSSL is missing: seals then stay at B-B. */
  readonly pki: LocalPki | null;
  /** A one-time address that opens the screen in any browser. */
  launchUrl(): Promise<string>;
  ready(): Promise<void>;
  close(): Promise<void>;
}

const programs = join(import.meta.dirname, '..', '..');
const READY_LIMIT_MS = 20_000;
/** For two databases, keys and a visit or two. */
const LEAST_FREE = 64 * 1_048_576;

/** Rejects with a plain sentence when the folder cannot be used, or the folder or the port is another demo's. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { folder } = options;
  const trouble = await makeUsableFolder(folder, { option: '--folder', mode: 0o700, freeBytes: LEAST_FREE });
  if (trouble) throw new Error(trouble);
  const lock = await lockFolder(folder);
  if (!lock)
    throw new Error(`a demo is running in ${folder} already; end it first, or give --folder another`);
  try {
    if (options.fresh)
      for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
    const demo = await startLockedDemo(options);
    return { ...demo, close: () => demo.close().finally(lock.release) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLockedDemo(options: DemoOptions): Promise<Demo> {
  const { folder } = options;
  const at = (...parts: string[]) => join(folder, ...parts);
  for (const part of ['run', 'data', 'city/trust', 'trust', 'glass', 'logs'])
    mkdirSync(at(part), { recursive: true, mode: 0o700 });

  const [servicePort, gatewayPort] = [await freePort(options.port), await freePort()];
  const printer = await startSimulatedPrinter(
    options.dotsPerSecond === undefined ? {} : { dotsPerSecond: options.dotsPerSecond },
  );
  const reader = options.reader === 'tcp' ? await startSimulatedTcpReader() : await serialReaderOrTcp();
  const scanner = simulatedScannerFolder(at('glass'), { slow: options.slowScanner ?? false });
  const chip = options.chipReader ? await startDemoChip(at('csca')) : null;
  const gateway = createChildProgram({
    args: [join(programs, 'city-gateway', 'main.ts')],
    env: {
      MOTCUA_CITY_DATA: at('city'),
      MOTCUA_CITY_PORT: String(gatewayPort),
      MOTCUA_CITY_TRUST: at('city', 'trust'),
    },
    logFile: at('logs', 'gateway.log'),
    restart: true,
  });
  const pki = await startPki(folder);
  const control = await startControlServer({
    printer,
    reader,
    scanner,
    gateway,
    chip,
    pki,
    cacheFolder: at('control'),
  });

  const site = demoSiteConfig({
    folder,
    ports: { service: servicePort, control: control.port, gateway: gatewayPort, printer: printer.port },
    signing: pki && { timeStampUrl: pki.timeStampUrl, trustFolder: at('trust') },
    devices: {
      codeReader: options.camera === undefined ? reader.uri : null,
      camera: options.camera ?? null,
      scanner: options.scanner && options.scanner !== 'folder' ? options.scanner : `folder:${at('glass')}`,
      chipReader: chip ? 'pcsc:' : undefined,
    },
  });
  const configFile = at('site.json');
  const token = options.officer ? await prepareOfficerToken(at('token'), pki) : null;
  if (token) site.officer = { pkcs11Module: token.modulePath };
  await writeFileDurable(configFile, `${JSON.stringify(options.adjust?.(site) ?? site, null, 2)}\n`);

  const service = createChildProgram({
    args: [
      ...(options.serviceNode?.args ?? []),
      join(programs, 'service', 'main.ts'),
      '--config',
      configFile,
      '--city-wait-ms',
      String(options.cityWaitMs ?? 10_000),
    ],
    env: { ...options.serviceNode?.env, ...token?.env, ...(chip && { PCSCLITE_CSOCK_NAME: chip.socket }) },
    logFile: at('logs', 'service.log'),
    restart: options.restart ?? true,
  });
  gateway.start();
  service.start();

  const origin = `http://127.0.0.1:${servicePort}`;
  const tokenFile = at('run', 'token');
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
  // The two exchange what an operator would carry between them: the kiosk's certificate and the city's.
  const introduce = async () => {
    await until(
      () => existsSync(at('data', 'kiosk-certificate.pem')),
      () => serviceTrouble(at('logs', 'service.log')),
    );
    await mkdir(at('city', 'trust'), { recursive: true });
    await writeFileDurable(
      at('city', 'trust', 'demo-kiosk.pem'),
      readFileSync(at('data', 'kiosk-certificate.pem')),
    );
    await until(
      () => answers(`${gatewayUrl}/receipt-certificate`),
      () => 'the city gateway does not start',
    );
    const certificate = await (await fetch(`${gatewayUrl}/receipt-certificate`)).text();
    await writeFileDurable(at('city', 'receipt-certificate.pem'), certificate);
    rememberDemoCertificate(readFileSync(at('data', 'kiosk-certificate.pem'), 'utf8'), 'kiosk');
    rememberDemoCertificate(certificate, 'city');
  };
  const ready = () =>
    until(
      () => answers(`${origin}/healthz`),
      () => serviceTrouble(at('logs', 'service.log')),
    );

  const workingFolder = createFileLayout(at('data'), at('run')).working;
  const close = async () => {
    await Promise.allSettled([service.stop(), gateway.stop()]);
    await Promise.allSettled([
      control.close(),
      pki?.close(),
      printer.close(),
      reader.close(),
      scanner.close(),
      chip?.close(),
    ]);
    // As switching a machine off does: what lay in memory is gone.
    for (const gone of [at('run'), workingFolder]) await rm(gone, { recursive: true, force: true });
  };
  try {
    await Promise.all([introduce(), ready()]);
    if (token) await addDemoOfficer(at('run'));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    origin,
    folder,
    dataFolder: at('data'),
    workingFolder,
    tokenFile,
    configFile,
    service,
    gateway,
    gatewayUrl,
    printer,
    reader,
    scanner,
    chip,
    officer: token ? { ...demoOfficer, pin: token.pin, url: `${origin}/officer/` } : null,
    pki,
    launchUrl: async () => {
      const url = await requestLaunchUrl({ origin, tokenFile });
      if (!url.ok) throw new Error(url.error.code);
      return url.value;
    },
    ready,
    close,
  };
}

/**
 * Authorities by OpenSSL, which certify the kiosk before its first start, and whose root the kiosk and the city are
 * given. Where OpenSSL is missing everything else is the same.
 */
async function startPki(folder: string): Promise<LocalPki | null> {
  let pki: LocalPki;
  try {
    pki = await startLocalPki({ folder: join(folder, 'pki') });
  } catch {
    return null;
  }
  await certifyDevice(pki, join(folder, 'data', 'keys'), { id: 'demo-kiosk', name: 'Kiosk trình diễn' });
  await writeFileDurable(join(folder, 'trust', 'root.pem'), pki.rootPem);
  await writeFileDurable(join(folder, 'city', 'trust', 'demo-root.pem'), pki.rootPem);
  rememberDemoCertificate(pki.rootPem, 'root');
  return pki;
}

/** A pty needs `socat`; where it is missing, the reader speaks over TCP, and everything else is the same. */
async function serialReaderOrTcp(): Promise<SimulatedReader> {
  try {
    return await startSimulatedSerialReader();
  } catch {
    return startSimulatedTcpReader();
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

async function until(holds: () => boolean | Promise<boolean>, otherwise: () => string): Promise<void> {
  const limit = performance.now() + READY_LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > limit) throw new Error(otherwise());
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function serviceTrouble(logFile: string): string {
  const said = existsSync(logFile)
    ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n')
    : '';
  return `the kiosk’s service does not start:\n${said}`;
}
