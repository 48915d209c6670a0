import type { KioskView } from '@motcua/contract';
import { renderSlip } from '@motcua/device-drivers';
import { seededRandom } from '@motcua/service/seeded-random';
import { expect, it } from 'vitest';
import { readPapers } from './printed-papers.ts';
import { pullPlugs } from './pull-plugs.ts';
import { createWitness } from './witness.ts';

/** `npm run test:crash -- --plugs 100` does the same a hundred times. */
it('a kiosk whose power is cut in mid-visit hands the dossier to the city once, and forgets its person', async () => {
  const outcome = await pullPlugs({ pulls: 1, random: seededRandom(4), only: ['power'] });
  expect(outcome.losses).toEqual([]);
  expect(outcome.faults).toBe(1);
  expect(outcome.acknowledged).toBeGreaterThan(4);
}, 240_000);

it('a service that answers before it has committed is noticed when it is killed', async () => {
  const outcome = await pullPlugs({
    pulls: 1,
    random: seededRandom(4),
    only: ['service'],
    at: 'scan',
    mutant: 'acknowledge-before-commit',
  });
  expect(outcome.faults).toBe(1);
  expect(outcome.losses.join()).toMatch(/visit \w+ went, with number \w+/);
  expect(outcome.losses.join()).toContain('the number is gone');
}, 240_000);

it('a screen that takes back a number or a page is noticed', () => {
  const show = (number: string, pages: readonly string[]) =>
    ({
      visit: {
        id: 'visit',
        ticket: { id: 'ticket', number },
        papers: [{ pages: pages.map((id) => ({ id })) }],
        submission: { dossierId: null, dossierCode: null },
      },
    }) as unknown as KioskView;
  const witness = createWitness();
  witness.look(show('B001', ['one', 'two']));
  expect(witness.contradictions).toEqual([]);
  witness.look(show('B002', ['one']));
  expect(witness.contradictions).toEqual(['number B001 became B002', 'page two went']);
});

it('an original and a copy are told apart on the paper', async () => {
  const ticket = { type: 'qr', text: 'MCK1:ticket', millimetres: 26 } as const;
  const mark = { type: 'text', text: 'BẢN IN LẠI · COPY', size: 3, weight: 'bold', align: 'centre' } as const;
  const print = async (...blocks: readonly (typeof ticket | typeof mark | { type: 'rule' })[]) => ({
    bitmap: await renderSlip({ blocks }, { widthDots: 576, dpi: 203 }),
    at: new Date(0),
    end: 'cut' as const,
  });
  expect(await readPapers([await print(ticket), await print(mark, { type: 'rule' }, ticket)])).toEqual([
    { codes: ['MCK1:ticket'], isCopy: false },
    { codes: ['MCK1:ticket'], isCopy: true },
  ]);
});
