import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { err, type Result } from '@motcua/core';
import { z } from 'zod';
import { readFrames, writeFrame } from './frames.ts';
import type { TokenError } from './token-error.ts';

export interface TokenModule {
  /** The PKCS#11 library of the token's maker, an absolute path (`/usr/lib/softhsm/libsofthsm2.so`). */
  readonly modulePath: string;
  /** How long one answer of the library may take; a PIN pad waits for a person. Default 20 s. */
  readonly timeoutMs?: number;
  /** Variables that the library reads, such as SOFTHSM2_CONF; the service's own are not handed on. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running token process, with the library loaded. It ends with `end`, with a fault, or with the service. */
export interface TokenClient {
  request(order: {
    readonly method: string;
    readonly [key: string]: unknown;
  }): Promise<Result<unknown, TokenError>>;
  /** Logs out and ends the process. */
  end(): Promise<void>;
  /** Of the token process, for tests that kill it. */
  readonly pid: number | undefined;
}

const Answer = z.object({
  id: z.int(),
  result: z.union([
    z.object({ ok: z.literal(true), value: z.unknown() }),
    z.object({
      ok: z.literal(false),
      error: z.object({ code: z.string().max(60), detail: z.string().max(500) }),
    }),
  ]),
});

const TIMEOUT_MS = 20_000;
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'SOFTHSM2_CONF', 'XDG_RUNTIME_DIR'];

/** Starts a token process and loads the library in it. What the library prints goes nowhere. */
export async function startTokenClient(module: TokenModule): Promise<Result<TokenClient, TokenError>> {
  if (!existsSync(module.modulePath))
    return err({ code: 'token-module-missing', detail: 'no file at the configured path' });
  const script = fileURLToPath(new URL('./token-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: {
      ...Object.fromEntries(
        PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
      ),
      ...module.env,
    },
  });
  const channel = child.stdio[3] as Duplex;
  const timeoutMs = module.timeoutMs ?? TIMEOUT_MS;
  const open = new Map<number, (result: Result<unknown, TokenError>) => void>();
  let last = 0;
  let over: TokenError | undefined;

  const fail = (error: TokenError) => {
    over ??= error;
    child.kill('SIGKILL');
    for (const finish of open.values()) finish(err(over));
    open.clear();
  };
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      fail({ code: 'token-crashed', detail: `exit ${signal ?? code}` });
      resolve();
    });
    child.once('error', () => {
      fail({ code: 'token-crashed', detail: 'the token process did not start' });
      resolve();
    });
  });
  // A pipe that breaks under a dying child is told by its exit.
  channel.on('error', () => undefined);
  readFrames(
    channel,
    (frame) => {
      const answer = Answer.safeParse(frame);
      if (!answer.success) return fail({ code: 'token-crashed', detail: 'an answer that is none' });
      const finish = open.get(answer.data.id);
      open.delete(answer.data.id);
      finish?.(answer.data.result as Result<unknown, TokenError>);
    },
    () => fail({ code: 'token-crashed', detail: 'an answer that is too long' }),
  );

  const request: TokenClient['request'] = (order) => {
    if (over) return Promise.resolve(err(over));
    const id = ++last;
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => fail({ code: 'token-timeout', detail: `${order.method} took longer than ${timeoutMs} ms` }),
        timeoutMs,
      );
      open.set(id, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
      writeFrame(channel, { ...order, id });
    });
  };
  const end = async () => {
    await request({ method: 'close' });
    over ??= { code: 'token-removed', detail: 'the key was closed' };
    channel.end();
    child.kill('SIGTERM');
    await gone;
  };
  const loaded = await request({ method: 'load', modulePath: module.modulePath });
  if (!loaded.ok) {
    await end();
    return loaded;
  }
  return { ok: true, value: { request, end, pid: child.pid } };
}
