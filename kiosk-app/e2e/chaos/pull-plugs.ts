import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Demo, startDemo } from '@motcua/cli/demo';
import { type DemoBrowser, openBrowser } from '@motcua/cli/demo/browser';
import { failedReport } from '@motcua/cli/demo/demo-report';
import { createVisitDriver } from '@motcua/cli/demo/visit-driver';
import { planVisit } from '@motcua/cli/demo/visit-plan';
import { createVisitMemory, newVisit } from '@motcua/cli/demo/visit-record';
import { walkVisit } from '@motcua/cli/demo/walk-visit';
import { type LoopDisk, mountLoopDisk } from '@motcua/service/loop-disk';
import { breaking, type MutantName } from '@motcua/service/mutants';
import { judgeVisits } from './judge-visits.ts';
import { createWitness } from './witness.ts';

/** `everything`: service, gateway and screen at once; `power`: the same, with what lay in memory or was not synced. */
export const plugs = ['service', 'gateway', 'everything', 'power'] as const;
export type Plug = (typeof plugs)[number];

export interface PlugOutcome {
  readonly faults: number;
  readonly acknowledged: number;
  readonly losses: readonly string[];
  readonly visits: number;
  readonly pulled: Readonly<Record<Plug, number>>;
  /** What was being done when the plug was pulled. */
  readonly during: Readonly<Record<string, number>>;
  /** False: this machine cannot mount a disk of its own, and `power` took only the memory. */
  readonly ownDisk: boolean;
}

const MAX_PULLS_PER_VISIT = 3;
/** How long a visit takes that nothing disturbs, until one has been seen. */
const FIRST_GUESS_MS = 25_000;
const AFTER_STEP_MS = 1_500;
/** As the walk names them; pages are scanned three times as often as anything else is done. */
const steps = [
  'begin',
  'language',
  'service',
  'number',
  'to the card',
  'card',
  'scan',
  'scan',
  'scan',
  'read the pages',
  'review',
  'submit',
  'receipt',
  'keep the artefacts',
] as const;

/**
 * A kiosk with service, gateway, screen and simulated devices, at which one person after another hands in papers, and
 * whose plugs are pulled at random moments: half of them anywhere in the visit, half shortly after a step that is drawn,
 * so that the short ones get their share. The person goes on with what the screen then shows. In the end what the
 * screens have ever said is held against the kiosk's disk, the city and the printed papers.
 */
export async function pullPlugs(options: {
  readonly pulls: number;
  readonly random: () => number;
  /** Those that are pulled; all when left out. */
  readonly only?: readonly Plug[];
  /** Shortly after the beginning of this step, instead of at a moment that is drawn. */
  readonly at?: (typeof steps)[number];
  /** The service is broken in one line: the campaign must notice it. */
  readonly mutant?: MutantName;
  readonly say?: (line: string) => void;
}): Promise<PlugOutcome> {
  const { random, say = () => undefined, only = plugs } = options;
  const folder = await mkdtemp(join(tmpdir(), 'motcua-plugs-'));
  const disk = only.includes('power') ? await mountLoopDisk(folder, join(folder, 'data')) : null;
  const demo = await startDemo({
    folder,
    ...(options.mutant && { serviceNode: breaking(options.mutant) }),
  });
  const screen = createScreen(demo);
  const witness = createWitness();
  const pulled = { service: 0, gateway: 0, everything: 0, power: 0 };
  const during: Record<string, number> = {};
  const losses: string[] = [];
  let usual = FIRST_GUESS_MS;
  let visits = 0;
  const total = () => Object.values(pulled).reduce((sum, count) => sum + count, 0);
  try {
    while (total() < options.pulls) {
      const began = performance.now();
      let doing = 'begin';
      let doingSince = began;
      let over = false;
      let pulls = 0;
      visits++;
      const stop = new AbortController();
      const memory = createVisitMemory(newVisit(null, folder));
      const walk = walkVisit({
        demo,
        plan: planVisit(null),
        keep: folder,
        memory,
        signal: stop.signal,
        screen: screen.driver,
        step: (name, work) => {
          doing = name.startsWith('scan') ? 'scan' : name;
          doingSince = performance.now();
          return work();
        },
        onReceipt: ({ dossierCode }) =>
          memory.change({
            outcome: {
              accepted: true,
              dossierCode,
              ticketNumber: memory.now().ticketNumber,
              sealLevel: null,
              artefacts: failedReport('', []).artefacts,
            },
          }),
        onLeft: async (id) => void losses.push(`the visit of ${id} ended before its receipt was seen`),
        onView: (view) => {
          witness.look(view);
          // What was taken back comes to no good end, which need not be waited for.
          if (witness.contradictions.length > 0) stop.abort();
        },
      })
        .catch((error: Error) => void losses.push(`a visit did not reach its end: ${error.message}`))
        .finally(() => {
          over = true;
        });
      const pulling = (async () => {
        while (!over && pulls < MAX_PULLS_PER_VISIT && total() < options.pulls) {
          const due = drawMoment();
          while (!over && !due()) await pause(5);
          if (over) break;
          const plug = only[Math.floor(random() * only.length)] ?? 'everything';
          say(`${plug} during ${doing}, ${Math.round(performance.now() - doingSince)} ms in`);
          pulled[plug]++;
          pulls++;
          during[doing] = (during[doing] ?? 0) + 1;
          await pull(plug);
        }
      })().catch((error: Error) => void losses.push(`the kiosk did not come back: ${error.message}`));
      await walk;
      await pulling;
      if (pulls === 0) usual = performance.now() - began;
      if (losses.length > 0) break;

      /** Uniform over the time that a visit takes, or shortly after the beginning of a step. */
      function drawMoment(): () => boolean {
        if (options.at === undefined && random() < 0.5) {
          const at = performance.now() + random() * usual;
          return () => performance.now() >= at;
        }
        const step = options.at ?? steps[Math.floor(random() * steps.length)];
        const after = random() * AFTER_STEP_MS;
        return () => doing === step && performance.now() >= doingSince + after;
      }
    }
    await wiped();
  } finally {
    await screen.close();
    await demo.close();
  }
  try {
    losses.push(...witness.contradictions);
    losses.push(...(await judgeVisits({ folder, visits: witness.visits(), papers: demo.printer.papers() })));
  } finally {
    await disk?.close();
    if (losses.length === 0 || options.mutant)
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    else say(`what is there lies in ${folder}`);
  }
  const acknowledged = witness
    .visits()
    .reduce(
      (sum, { ticket, pages, dossierCode }) => sum + (ticket ? 1 : 0) + pages.size + (dossierCode ? 1 : 0),
      0,
    );
  return { faults: total(), acknowledged, losses, visits, pulled, during, ownDisk: disk !== null };

  async function pull(plug: Plug): Promise<void> {
    switch (plug) {
      case 'service':
        return demo.service.kill();
      case 'gateway':
        return demo.gateway.kill();
      case 'everything':
        await Promise.all([demo.service.kill(), demo.gateway.kill(), screen.kill()]);
        return demo.ready();
      case 'power':
        await cutPower(disk);
        return demo.ready();
    }
  }

  async function cutPower(disk: LoopDisk | null): Promise<void> {
    // Stopped first: a sync that is under way while ext4 shuts down may still report success.
    witness.close();
    demo.service.freeze();
    await disk?.cut();
    await Promise.all([demo.service.stop('SIGKILL'), demo.gateway.stop('SIGKILL'), screen.kill()]);
    await disk?.restore();
    for (const memory of [demo.workingFolder, join(demo.folder, 'run')])
      for (const name of await readdir(memory).catch(() => []))
        await rm(join(memory, name), { recursive: true, force: true });
    witness.open();
    demo.gateway.start();
    demo.service.start();
  }

  /** Wiping goes on for a moment after the farewell. */
  async function wiped(): Promise<void> {
    await demo.ready();
    await pause(1_000);
  }
}

/** The kiosk's screen: a browser that is opened anew after it was killed. */
function createScreen(demo: Demo) {
  let browser: DemoBrowser | null = null;
  return {
    driver: async () => {
      if (browser) return createVisitDriver(demo, browser.page);
      await demo.ready();
      const opened = await openBrowser();
      try {
        const driver = createVisitDriver(demo, opened.page);
        await driver.open();
        browser = opened;
        return driver;
      } catch (error) {
        // Its one-time address went with the service that gave it.
        await opened.close();
        throw error;
      }
    },
    kill: async () => {
      const dying = browser;
      browser = null;
      if (!dying) return;
      for (const pid of await processesOf(dying.profile)) process.kill(pid, 'SIGKILL');
      await dying.close().catch(() => undefined);
    },
    close: async () => browser?.close().catch(() => undefined),
  };
}

/** Whose command line names this folder: the browser, and the processes that it started. */
async function processesOf(profile: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.flatMap((pid, index) =>
    lines[index]?.includes(`--user-data-dir=${profile}`) ? [Number(pid)] : [],
  );
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
