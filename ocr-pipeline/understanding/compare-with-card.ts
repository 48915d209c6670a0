import { foldVietnamese, sameVietnameseName } from '@motcua/core';
import type { PageField } from '../page.ts';
import { isPlausible } from './person-number.ts';
import { editDistanceWithin } from './tokens.ts';

export interface CardFacts {
  /** 12 digits */
  readonly number: string;
  readonly name: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
}

export const comparedFields = ['personNumber', 'fullName', 'birthDate'] as const;
export type ComparedField = (typeof comparedFields)[number];

export interface FieldFinding {
  readonly field: ComparedField;
  readonly status: 'same' | 'different' | 'missing';
  /**
   * What the page says, unmasked: the card's own value, or the one that differs (of a birth date perhaps the year
   * alone); null when missing, or not read surely enough.
   */
  readonly found: string | null;
  /** Place in the page's fields, for the picture of it; null when missing. */
  readonly index: number | null;
}

/** A field of the page that says something of one person, by what it says. */
interface Statement {
  readonly property: ComparedField | 'birthYear';
  readonly value: string;
  readonly confidence: number;
  readonly index: number;
}

interface Person {
  /** Whoever brings the paper is this person. */
  readonly submits: boolean;
  readonly says: readonly Statement[];
}

/**
 * Compares what a page says with the card. Papers name several people (a child's birth certificate names its parents):
 * whoever has the card's number or name is the card's person, and what the paper says of *that* person must agree, so
 * that a wrong birth date beside a right name is caught while the child's is no disagreement. Where nobody on the paper
 * is the card's person, the one in the submitter's own role is compared, or the only person of a paper without roles.
 */
export function compareWithCard(fields: readonly PageField[], card: CardFacts): readonly FieldFinding[] {
  const people = peopleOf(fields);
  const own = ownPersons(people, fields, card);
  return comparedFields.map((field) => compare(field, own, fields, card));
}

function compare(
  field: ComparedField,
  own: readonly Person[],
  fields: readonly PageField[],
  card: CardFacts,
): FieldFinding {
  const said = own.flatMap(({ says }) =>
    says.filter(({ property }) => property === field || (field === 'birthDate' && property === 'birthYear')),
  );
  const wrong = said.find((statement) => !agrees(statement, card) && !isDoubtful(statement, card));
  if (wrong !== undefined) return { field, status: 'different', found: wrong.value, index: wrong.index };
  const right = said.find((statement) => agrees(statement, card)) ?? anywhere(field, fields, card);
  if (right !== undefined) return { field, status: 'same', found: right.value, index: right.index };
  const near = field === 'personNumber' ? nearNumber(fields, card) : undefined;
  if (near !== undefined) return { field, status: 'different', found: near.value, index: near.index };
  return { field, status: 'missing', found: null, index: null };
}

/** The card's value among all that was found, wherever it stands. */
function anywhere(
  field: ComparedField,
  fields: readonly PageField[],
  card: CardFacts,
): Statement | undefined {
  return fields.map(toStatement).find((one) => one?.property === field && agrees(one, card));
}

/** A number that is the card's but for one digit belongs to nobody else by chance. */
function nearNumber(fields: readonly PageField[], card: CardFacts): Statement | undefined {
  return fields
    .map(toStatement)
    .find((one) => one?.property === 'personNumber' && digitsApart(one.value, card.number) === 1);
}

function digitsApart(one: string, other: string): number {
  if (one.length !== other.length) return Math.max(one.length, other.length);
  return [...one].filter((digit, at) => digit !== other[at]).length;
}

function toStatement(field: PageField, index: number): Statement | undefined {
  const property = field.name.split('.').at(-1)!;
  if (property !== 'birthYear' && !(comparedFields as readonly string[]).includes(property)) return undefined;
  const { value, confidence } = field;
  return { property: property as Statement['property'], value, confidence, index };
}

/**
 * Everybody whom the page names. Where its kind tells the roles, one person a role; else by place: a name, and the
 * number and the birth date that stand nearest behind it.
 */
function peopleOf(fields: readonly PageField[]): readonly Person[] {
  const roles = new Map<string, { submits: boolean; says: Statement[] }>();
  fields.forEach((field, index) => {
    const statement = field.person && toStatement(field, index);
    if (field.person === undefined || statement === undefined) return;
    const person = roles.get(field.person.role) ?? { submits: field.person.submits, says: [] };
    person.says.push(statement);
    roles.set(field.person.role, person);
  });
  return roles.size > 0 ? [...roles.values()] : peopleByPlace(fields);
}

function peopleByPlace(fields: readonly PageField[]): readonly Person[] {
  const order = fields
    .map((field, index) => ({ box: field.box, statement: toStatement(field, index) }))
    .filter((one): one is { box: PageField['box']; statement: Statement } => one.statement !== undefined)
    .sort((a, b) =>
      Math.abs(a.box.y - b.box.y) < 0.5 * Math.max(a.box.height, b.box.height)
        ? a.box.x - b.box.x
        : a.box.y - b.box.y,
    );
  const people: Statement[][] = [];
  for (const { statement } of order) {
    const last = people.at(-1);
    // A second value of the same sort, or a new name, is of another person.
    if (last === undefined || last.some(({ property }) => property === statement.property))
      people.push([statement]);
    else last.push(statement);
  }
  return people.map((says) => ({ submits: people.length === 1, says }));
}

/** The persons on the page who are the card's, else those in whose role the submitter is expected. */
function ownPersons(
  people: readonly Person[],
  fields: readonly PageField[],
  card: CardFacts,
): readonly Person[] {
  const byNumber = people.filter((person) => has(person, 'personNumber', card));
  const byName = people.filter((person) => has(person, 'fullName', card) && !byNumber.includes(person));
  // Of two people with one name the one whose number and birth date are both another's is a namesake.
  const namesakes = byNumber.length === 0 ? [] : byName.filter((person) => isSomebodyElse(person, card));
  const same = [...byNumber, ...byName.filter((person) => !namesakes.includes(person))];
  if (same.length > 0) return same;
  // Misprinted or misread: the name without its marks, or the number but for a digit or two beside the birth date.
  const nearly = people.filter(
    (person) =>
      !isSomebodyElse(person, card) &&
      (says(person, 'fullName').some(({ value }) => sameLetters(value, card.name)) ||
        (has(person, 'birthDate', card) &&
          says(person, 'personNumber').some(({ value }) => digitsApart(value, card.number) <= 2))),
  );
  if (nearly.length > 0) return nearly;
  // Where the card's number stands with nobody whom the page names rightly, the submitter may be another person.
  const elsewhere = anywhere('personNumber', fields, card) !== undefined;
  return people.filter((person) => person.submits && !(elsewhere && isOtherName(person, card)));
}

/** More than a slip or two apart. */
function isOtherName(person: Person, card: CardFacts): boolean {
  const names = says(person, 'fullName');
  const bare = foldVietnamese(card.name);
  return (
    names.length > 0 &&
    names.every(({ value }) => !editDistanceWithin(foldVietnamese(value), bare, MAX_SLIPS))
  );
}

const MAX_SLIPS = 3;

const says = (person: Person, property: Statement['property']) =>
  person.says.filter((statement) => statement.property === property);

function has(person: Person, property: ComparedField, card: CardFacts): boolean {
  return says(person, property).some((statement) => agrees(statement, card));
}

function isSomebodyElse(person: Person, card: CardFacts): boolean {
  const contradicts = (property: ComparedField) =>
    says(person, property).length > 0 && !has(person, property, card);
  return contradicts('personNumber') && contradicts('birthDate');
}

function agrees({ property, value }: Statement, card: CardFacts): boolean {
  switch (property) {
    case 'personNumber':
      return value === card.number;
    case 'fullName':
      return sameVietnameseName(value, card.name);
    case 'birthDate':
      return value === card.birthDate;
    case 'birthYear':
      return value === card.birthDate.slice(0, 4);
    default:
      throw new Error(property satisfies never);
  }
}

/**
 * Small capitals with two marks on one letter (Ễ, Ẩ) are where recognition slips: below this, a reading that differs
 * from the card in marks only is not sure enough to call a paper different. Misread names of the specimens had 44–83,
 * rightly read ones mostly 84–96.
 */
const SURE = 84;
/**
 * The same where all that differs is what goes lost or is added most: a tone above a letter that has a mark already (Ê
 * for Ễ), and the dot below, which a leader or dust makes. Seen with 94.
 */
const SURE_OF_SMALL_MARKS = 95;

function isDoubtful({ property, value, confidence }: Statement, card: CardFacts): boolean {
  // A digit too few or too many is a misread number; what it was, nobody knows. A driving licence has twelve digits too.
  if (property === 'personNumber') {
    const near = editDistanceWithin(value, card.number, 2);
    return value.length === card.number.length ? !isPlausible(value) && !near : near;
  }
  if (property !== 'fullName' || !sameLetters(value, card.name)) return false;
  return confidence < (isSmallSlip(value, card.name) ? SURE_OF_SMALL_MARKS : SURE);
}

const sameLetters = (one: string, other: string) => foldVietnamese(one) === foldVietnamese(other);

function isSmallSlip(read: string, name: string): boolean {
  const [words, all] = [read, name].map((text) => text.normalize('NFC').toLowerCase().split(/\s+/));
  return all!.every((word, at) => {
    const is = words![at] ?? '';
    return sameVietnameseName(is, word) || withoutTone(word) === is || withoutDot(word) === withoutDot(is);
  });
}

/** Without the tone of the letter that has another mark too: `nguyễn` → `nguyên`. */
function withoutTone(word: string): string {
  return word
    .normalize('NFD')
    .replace(/([\u0302\u0306\u031b])[\u0300\u0301\u0303\u0309\u0323]|\u0323(?=[\u0302\u0306])/gu, '$1')
    .normalize('NFC');
}

function withoutDot(word: string): string {
  return word.normalize('NFD').replaceAll('\u0323', '');
}
