import { signature, stamp } from '../papers/ink.ts';
import { signatures, upper } from '../papers/markup.ts';
import type { Draw, DrawnPerson } from './people.ts';
import prose from './prose.json' with { type: 'json' };

/** What a template is given: the draw, and whether an official stamp lies over the text. */
export interface Scene {
  readonly draw: Draw;
  readonly stamped: boolean;
}

const RED = ['#d0202c', '#c2183a', '#e03a3a', '#b8282e'] as const;
const BLUE = ['#2438a8', '#3346c0', '#1c4fa0'] as const;
const PENS = ['#1b2f7a', '#222', '#2a49b8', '#0d1b4f'] as const;
const BLUE_SHARE = 0.3;

export function sexOf(person: DrawnPerson): string {
  return person.sex === 'male' ? 'Nam' : 'Nữ';
}

export function writeParagraphs(draw: Draw, count: number): string {
  return Array.from(
    { length: count },
    () =>
      `<p class="just indent">${draw.one(prose.sentences)}${draw.chance(0.4) ? ` ${draw.one(prose.sentences)}` : ''}</p>`,
  ).join('');
}

/** Red, now and then blue as copies and offices without a seal have them; `over` lies across running text. */
export function stampOf(draw: Draw, ward: string, where: 'over' | 'signature'): string {
  const left = where === 'over' ? draw.number(5, 110) : draw.number(0, 12);
  const top = where === 'over' ? draw.number(0, 22) : draw.number(-6, -1);
  const colour = draw.chance(BLUE_SHARE) ? draw.one(BLUE) : draw.one(RED);
  return stamp(
    `UBND ${upper(ward)}`,
    'VIỆT NAM',
    `left:${left}mm;top:${top}mm`,
    draw.number(-30, 30),
    colour,
  );
}

/** Signer on the right under what `says` says; `left` says who stands on the other side. */
export function signedBy(
  draw: Draw,
  says: readonly string[],
  name: string,
  ink = '',
  left: readonly string[] = [],
): string {
  return signatures(
    { says: left },
    { says, ink: signature(draw.number(1, 9_999), draw.one(PENS)) + ink, name },
  );
}
