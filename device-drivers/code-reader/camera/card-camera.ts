import { type ChildProcess, spawn } from 'node:child_process';
import { type Clock, exec, type Logger, silentLogger, systemClock } from '@motcua/core';
import { parseFormats, readingFormat } from '../../camera/camera-formats.ts';
import { type CameraInput, fileCamera, v4l2Camera } from '../../camera/camera-input.ts';
import { parseDeviceUri } from '../../device-uri.ts';
import { pause } from '../../pause.ts';
import { systemTimers, type Timers } from '../../timers.ts';
import { createRepeatFilter } from '../repeat-filter.ts';
import { createJpegCutter } from './jpeg-frames.ts';
import { createPictureDecoder } from './picture-decoder.ts';

/**
 * A camera before which a person holds the card's code, where there is no reader or it is out of order. It is on only
 * while somebody watches.
 */
export interface CardCamera {
  readonly uri: string;
  condition(): CardCameraCondition;
  onCondition(listener: (condition: CardCameraCondition) => void): () => void;
  /** Switches the camera on, and off again with the last watcher's leaving, which the returned function is. */
  watch(watcher: CardCameraWatcher): () => void;
  close(): Promise<void>;
}

/** `failed`: it is plugged in, but gives no picture. */
export type CardCameraCondition = 'ready' | 'absent' | 'failed';

export interface CardCameraWatcher {
  /** What the camera sees now, as JPEG, so that a person can hold the card rightly. */
  readonly onPicture: (jpeg: Uint8Array) => void;
  /** A code's bytes, once per showing. */
  readonly onCode: (code: Uint8Array) => void;
}

export interface CardCameraProfile {
  readonly framesPerSecond: number;
  /** The same code again within this time is the same showing of the card. */
  readonly repeatWindowMs: number;
}

export interface CardCameraDependencies {
  readonly profile?: CardCameraProfile;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** Another picture than the one that the address names. */
  readonly input?: CameraInput;
}

export const defaultCardCameraProfile: CardCameraProfile = { framesPerSecond: 10, repeatWindowMs: 1_500 };

const LISTING_MS = 10_000;
/** A camera that wakes takes two or three seconds. */
const FIRST_PICTURE_MS = 10_000;
const RETRY_MS = 1_000;

/** Opens `camera:NAME` (of `/dev/v4l/by-id`) or `camera-file:/path`. Throws on an address that is none. Needs `ffmpeg`. */
export function openCardCamera(uri: string, dependencies: CardCameraDependencies = {}): CardCamera {
  const input = dependencies.input ?? inputOf(uri);
  const profile = dependencies.profile ?? defaultCardCameraProfile;
  const timers = dependencies.timers ?? systemTimers;
  const logger = (dependencies.logger ?? silentLogger).child({ camera: uri });
  const isNew = createRepeatFilter(profile.repeatWindowMs, dependencies.clock ?? systemClock);
  const watchers = new Set<CardCameraWatcher>();
  const listeners = new Set<(condition: CardCameraCondition) => void>();
  let session: { end(): Promise<void> } | undefined;
  /** The one before: a camera belongs to one program at a time. */
  let ended: Promise<void> = Promise.resolve();
  let failed = false;
  let told: CardCameraCondition = condition();

  function condition(): CardCameraCondition {
    if (!input.isThere()) return 'absent';
    return failed ? 'failed' : 'ready';
  }
  const tell = () => {
    const now = condition();
    if (now === told) return;
    told = now;
    for (const listener of listeners) listener(now);
  };

  const startSession = () => {
    const stop = new AbortController();
    const decoder = createPictureDecoder({
      timers,
      onCode: (code) => {
        if (stop.signal.aborted || !isNew(code)) return;
        logger.debug({ bytes: code.length }, 'code read');
        for (const watcher of [...watchers]) watcher.onCode(code);
      },
      onFault: () => logger.error({ code: 'decoder-failed' }, 'the reading of pictures failed; begun anew'),
    });
    const onPicture = (picture: Uint8Array) => {
      if (stop.signal.aborted) return;
      failed = false;
      tell();
      decoder.look(picture);
      for (const watcher of [...watchers]) watcher.onPicture(picture);
    };
    const before = ended;
    const run = async () => {
      await before;
      while (!stop.signal.aborted) {
        const why = await film(input, profile, { signal: stop.signal, timers, onPicture });
        if (stop.signal.aborted) break;
        if (!failed) logger.warn({ reason: why }, 'the camera gives no picture; trying again');
        failed = true;
        tell();
        await pause(timers, RETRY_MS, stop.signal);
      }
    };
    const running = run();
    return {
      end: async () => {
        stop.abort();
        await Promise.all([running, decoder.close()]);
      },
    };
  };

  return {
    uri,
    condition: () => {
      tell();
      return told;
    },
    onCondition: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    watch: (watcher) => {
      watchers.add(watcher);
      session ??= startSession();
      return () => {
        if (!watchers.delete(watcher) || watchers.size > 0) return;
        ended = session?.end() ?? ended;
        session = undefined;
      };
    },
    close: async () => {
      watchers.clear();
      listeners.clear();
      await session?.end();
      session = undefined;
      await ended;
    },
  };
}

function inputOf(uri: string): CameraInput {
  const address = parseDeviceUri(uri, ['camera', 'camera-file']);
  if (!address.ok) throw new Error(address.error.message);
  return address.value.kind === 'camera' ? v4l2Camera(address.value.name) : fileCamera(address.value.path);
}

/** Runs ffmpeg until it ends, falls silent or is stopped; says why. */
async function film(
  input: CameraInput,
  profile: CardCameraProfile,
  run: {
    readonly signal: AbortSignal;
    readonly timers: Timers;
    readonly onPicture: (picture: Uint8Array) => void;
  },
): Promise<string> {
  if (!input.isThere()) return 'absent';
  const format = readingFormat(parseFormats(await listFormats(input, run.signal)));
  if (run.signal.aborted) return 'stopped';
  const args = [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', ...input.arguments(format), '-an'],
    ...['-vf', `fps=${profile.framesPerSecond},scale=w='min(1280,iw)':h=-2`],
    ...['-c:v', 'mjpeg', '-q:v', '3', '-f', 'mjpeg', 'pipe:1'],
  ];
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve) => {
    const cut = createJpegCutter();
    let said = '';
    let reason: string | undefined;
    const end = (why: string) => {
      reason ??= why;
      child.kill('SIGKILL');
    };
    const stop = () => end('stopped');
    run.signal.addEventListener('abort', stop, { once: true });
    let cancel = run.timers.after(FIRST_PICTURE_MS, () => end('silent'));
    child.stdout.on('data', (chunk: Buffer) => {
      const pictures = cut(chunk);
      if (!pictures) return end('garbage');
      if (pictures.length === 0) return;
      cancel();
      cancel = run.timers.after(FIRST_PICTURE_MS, () => end('silent'));
      for (const picture of pictures) run.onPicture(picture);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2_000);
    });
    whenGone(child, (started) => {
      cancel();
      run.signal.removeEventListener('abort', stop);
      resolve(reason ?? (started ? reasonOf(said) : 'no-ffmpeg'));
    });
  });
}

function whenGone(child: ChildProcess, gone: (started: boolean) => void): void {
  child.once('error', () => gone(false));
  child.once('close', () => gone(true));
}

function reasonOf(said: string): string {
  if (/device or resource busy/i.test(said)) return 'in-use';
  if (/permission denied|operation not permitted/i.test(said)) return 'denied';
  return /no such (device|file)/i.test(said) ? 'absent' : 'ended';
}

async function listFormats(input: CameraInput, signal: AbortSignal): Promise<string> {
  if (!input.listing) return '';
  const args = ['-hide_banner', '-nostdin', ...input.listing];
  const listed = await exec('ffmpeg', args, { timeoutMs: LISTING_MS, signal });
  return listed.ok ? listed.value.stderr : 'stderr' in listed.error ? listed.error.stderr : '';
}
