import type { CommandRequest, KioskView } from '@motcua/contract';
import { describe, expect, test } from 'vitest';
import { buildView, buildVisit, problem } from '../../fixtures/build-view.ts';
import { createConnection, type EventStream } from './connection.ts';

/** A service in one object: answers are given when the test says so, and time passes when the test says so. */
function stage(first: KioskView | 'down' | 401 = buildView({ visit: buildVisit({ step: 'service' }) })) {
  let kiosk: KioskView | 'down' | 401 = first;
  const commands: CommandRequest[] = [];
  const streams: (EventStream & { fire: (what: 'open' | 'changed' | 'closed') => void })[] = [];
  const timers: { at: number; then: () => void }[] = [];
  let now = 0;
  let looks = 0;
  let onCommand: (request: CommandRequest) => Response | Promise<Response> = () => answer();

  function answer(change: { readonly problem?: ReturnType<typeof problem> | null } = {}): Response {
    return Response.json({ kiosk, problem: null, ...change });
  }
  const fetcher = (async (path: string, init?: RequestInit) => {
    if (path === '/api/kiosk') {
      looks += 1;
      if (kiosk === 'down') throw new TypeError('connection refused');
      return kiosk === 401 ? new Response('', { status: 401 }) : Response.json(kiosk);
    }
    const request = JSON.parse(String(init?.body)) as CommandRequest;
    commands.push(request);
    return onCommand(request);
  }) as typeof fetch;

  let ids = 0;
  const connection = createConnection({
    fetch: fetcher,
    openEvents: () => {
      let changed = () => {};
      let readyState = 0;
      const stream = {
        onopen: null as (() => void) | null,
        onmessage: null,
        onerror: null as (() => void) | null,
        get readyState() {
          return readyState;
        },
        addEventListener: (_type: 'changed', listener: () => void) => {
          changed = listener;
        },
        close: () => {
          readyState = 2;
        },
        fire: (what: 'open' | 'changed' | 'closed') => {
          if (what === 'open') stream.onopen?.();
          if (what === 'changed') changed();
          if (what === 'closed') {
            readyState = 2;
            stream.onerror?.();
          }
        },
      };
      streams.push(stream);
      return stream;
    },
    requestId: () => `id-${++ids}`,
    now: () => Date.parse(buildView().now) - 5000,
    timers: {
      after: (milliseconds, then) => {
        const timer = { at: now + milliseconds, then };
        timers.push(timer);
        return () => {
          const index = timers.indexOf(timer);
          if (index >= 0) timers.splice(index, 1);
        };
      },
    },
  });

  return {
    connection,
    commands,
    streams,
    looks: () => looks,
    answer,
    set: (next: KioskView | 'down' | 401) => {
      kiosk = next;
    },
    onCommand: (then: typeof onCommand) => {
      onCommand = then;
    },
    settle,
    pass: async (milliseconds: number) => {
      now += milliseconds;
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.then();
      }
      await settle();
    },
  };
}

/** Lets everything that is ready to run, run. */
async function settle() {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function started(first?: Parameters<typeof stage>[0]) {
  const staged = stage(first);
  staged.connection.start();
  await settle();
  return staged;
}

const visitOf = (staged: ReturnType<typeof stage>) => staged.connection.getState().kiosk?.visit;

describe('the view', () => {
  test('is fetched at the start and again whenever the service says that it changed', async () => {
    const staged = await started();
    expect(staged.connection.getState()).toMatchObject({ link: 'connected', clockOffsetMs: 5000 });
    staged.set(buildView({ visit: buildVisit({ step: 'number', version: 2 }) }));
    staged.streams[0]!.fire('changed');
    await settle();
    expect(visitOf(staged)?.step).toBe('number');
  });

  test('is not replaced by an older version of the same visit', async () => {
    const staged = await started(buildView({ visit: buildVisit({ step: 'papers', version: 7 }) }));
    staged.set(buildView({ visit: buildVisit({ step: 'identity', version: 6 }) }));
    staged.streams[0]!.fire('changed');
    await settle();
    expect(visitOf(staged)?.step).toBe('papers');
  });

  test('is looked at again now and then, should an event be lost', async () => {
    const staged = await started();
    staged.set(buildView());
    await staged.pass(15_000);
    expect(visitOf(staged)).toBeNull();
  });

  test('that changed before the stream was open is not missed', async () => {
    const staged = await started();
    staged.set(buildView());
    staged.streams[0]!.fire('open');
    await settle();
    expect(visitOf(staged)).toBeNull();
  });
});

describe('a service that is away', () => {
  test('is told, tried again, and its last view stays', async () => {
    const staged = await started();
    staged.set('down');
    staged.streams[0]!.fire('closed');
    await staged.pass(300);
    expect(staged.connection.getState().link).toBe('lost');
    expect(visitOf(staged)?.step).toBe('service');
    staged.set(buildView({ visit: buildVisit({ step: 'papers', version: 3 }) }));
    await staged.pass(5000);
    expect(staged.connection.getState().link).toBe('connected');
    expect(visitOf(staged)?.step).toBe('papers');
    expect(staged.streams).toHaveLength(2);
  });

  test('whose event stream is refused is not asked without a pause', async () => {
    const staged = await started();
    const looks = staged.looks();
    staged.streams[0]!.fire('closed');
    await settle();
    expect(staged.looks()).toBe(looks);
    await staged.pass(300);
    staged.streams[1]!.fire('closed');
    await settle();
    expect(staged.streams).toHaveLength(2);
  });

  test('that does not know this window locks the screen and drops the view', async () => {
    const staged = await started();
    staged.set(401);
    staged.streams[0]!.fire('changed');
    await settle();
    expect(staged.connection.getState()).toMatchObject({ link: 'locked', kiosk: null });
  });
});

describe('a command', () => {
  test('names the visit and the version that the person saw', async () => {
    const staged = await started();
    staged.connection.send({ type: 'back' });
    await settle();
    expect(staged.commands).toEqual([
      { requestId: 'id-1', visitId: buildVisit().id, version: 1, command: { type: 'back' } },
    ]);
  });

  test('is sent again with the same request id until it is answered', async () => {
    const staged = await started();
    let failures = 2;
    staged.onCommand(() => {
      if (failures-- === 2) throw new TypeError('connection reset');
      if (failures >= 0) return new Response('', { status: 503 });
      staged.set(buildView({ visit: buildVisit({ step: 'number', version: 2 }) }));
      return staged.answer();
    });
    staged.connection.send({ type: 'take-number' });
    await settle();
    expect(staged.connection.getState()).toMatchObject({ link: 'lost', sending: 'take-number' });
    await staged.pass(300);
    await staged.pass(700);
    expect(staged.commands.map(({ requestId }) => requestId)).toEqual(['id-1', 'id-1', 'id-1']);
    expect(staged.connection.getState()).toMatchObject({ link: 'connected', sending: null });
    expect(visitOf(staged)?.step).toBe('number');
  });

  test('is not sent twice by a double tap', async () => {
    const staged = await started();
    staged.connection.send({ type: 'take-number' });
    staged.connection.send({ type: 'take-number' });
    await settle();
    expect(staged.commands).toHaveLength(1);
  });

  test('tapped on the next screen before the last answer is there is sent after it', async () => {
    const staged = await started();
    let answerBack = () => {};
    staged.onCommand(({ command }) => {
      if (command.type !== 'back') return staged.answer();
      return new Promise((resolve) => {
        answerBack = () => resolve(staged.answer());
      });
    });
    staged.connection.send({ type: 'back' });
    staged.set(buildView({ visit: buildVisit({ step: 'language', version: 2 }) }));
    staged.streams[0]!.fire('changed');
    await settle();
    expect(visitOf(staged)?.step).toBe('language');
    staged.connection.send({ type: 'choose-language', language: 'vi' });
    await settle();
    expect(staged.commands.map(({ command }) => command.type)).toEqual(['back']);
    answerBack();
    await settle();
    expect(staged.commands.map(({ command, version }) => [command.type, version])).toEqual([
      ['back', 1],
      ['choose-language', 2],
    ]);
    expect(staged.connection.getState().sending).toBeNull();
  });

  test('that was not done says why, until the step changes', async () => {
    const staged = await started();
    const why = problem('disk-full', ['Đầy.', 'Báo.'], ['Full.', 'Tell.']);
    staged.onCommand(() => staged.answer({ problem: why }));
    staged.connection.send({ type: 'take-number' });
    await settle();
    expect(staged.connection.getState().problem?.code).toBe('disk-full');
    staged.set(buildView({ visit: buildVisit({ step: 'identity', version: 2 }) }));
    staged.streams[0]!.fire('changed');
    await settle();
    expect(staged.connection.getState().problem).toBeNull();
  });

  test('that the service does not take is not sent again and gives a plain sentence', async () => {
    const staged = await started();
    staged.onCommand(() => new Response('nonsense', { status: 400 }));
    staged.connection.send({ type: 'back' });
    await settle();
    expect(staged.connection.getState()).toMatchObject({ sending: null, problem: { code: 'http-400' } });
    expect(staged.commands).toHaveLength(1);
  });

  test('waits for a running stay and then names the new version', async () => {
    const staged = await started();
    let answerStay = () => {};
    staged.onCommand(({ command }) => {
      if (command.type !== 'stay') return staged.answer();
      return new Promise((resolve) => {
        answerStay = () => {
          staged.set(buildView({ visit: buildVisit({ step: 'service', version: 2 }) }));
          resolve(staged.answer());
        };
      });
    });
    staged.connection.stay();
    staged.connection.send({ type: 'back' });
    await settle();
    expect(staged.commands.map(({ command }) => command.type)).toEqual(['stay']);
    answerStay();
    await settle();
    expect(staged.commands.map(({ version }) => version)).toEqual([1, 2]);
  });

  test('made on a screen that has gone meanwhile is dropped', async () => {
    const staged = await started();
    let answerStay = () => {};
    staged.onCommand(
      () =>
        new Promise((resolve) => {
          answerStay = () => {
            staged.set(buildView());
            resolve(staged.answer());
          };
        }),
    );
    staged.connection.stay();
    staged.connection.send({ type: 'take-number' });
    await settle();
    answerStay();
    await settle();
    expect(staged.commands.map(({ command }) => command.type)).toEqual(['stay']);
    expect(staged.connection.getState().sending).toBeNull();
  });
});
