import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bare } from './confusion.ts';
import { canonical, type Syllable, takeApart } from './syllable.ts';

export interface Entry {
  /** Small letters, NFC, canonical. */
  readonly word: string;
  readonly syllable: Syllable;
}

/** What Vietnamese papers say: syllables, which follow which, and names. All in small letters, NFC, `canonical`. */
export interface Lexicon {
  /** Syllables of running text, labels and places. */
  readonly words: ReadonlySet<string>;
  /** Of them those that are in every text. */
  readonly frequent: ReadonlySet<string>;
  /** Right though no Vietnamese syllable. */
  readonly foreign: ReadonlySet<string>;
  readonly familyNames: ReadonlySet<string>;
  readonly nameWords: ReadonlySet<string>;
  /** `first second`, from labels, compounds and places; `#` is anything with a digit. */
  readonly pairs: ReadonlySet<string>;
  /** Syllables whose letters without marks differ by at most one change, gap or extra letter. */
  near(letters: string): readonly Entry[];
}

/** Reads the data files beside this module: about 20 ms, once a process. */
export function loadLexicon(folder = join(import.meta.dirname, 'lexicon')): Lexicon {
  const phrases = (file: string) => linesOf(folder, file).flatMap((line) => line.split(','));
  const split = (text: string) => text.normalize('NFC').split(/\s+/).filter(Boolean).map(spell);
  const words = new Set<string>();
  const pairs = new Set<string>();
  for (const phrase of [...phrases('labels.txt'), ...phrases('compounds.txt'), ...phrases('places.txt')].map(
    split,
  ))
    phrase.forEach((word, at) => {
      if (word !== '#') words.add(word);
      if (at > 0) pairs.add(`${phrase[at - 1]} ${word}`);
    });
  for (const word of phrases('syllables.txt').flatMap(split)) words.add(word);
  const names = sectionsOf(linesOf(folder, 'names.txt'));
  const nameWords = new Set(Object.values(names).flat());
  return {
    words,
    frequent: new Set(phrases('frequent.txt').flatMap(split)),
    foreign: new Set(phrases('english.txt').flatMap(split)),
    familyNames: new Set(names['family']),
    nameWords,
    pairs,
    near: indexOf([...new Set([...words, ...nameWords])]),
  };
}

let shared: Lexicon | undefined;

/** The one that came with the program, read at the first use. */
export function sharedLexicon(): Lexicon {
  shared ??= loadLexicon();
  return shared;
}

/** By every way of leaving out one letter: two words that meet there are at most one edit apart. */
function indexOf(words: readonly string[]): Lexicon['near'] {
  const index = new Map<string, Entry[]>();
  for (const word of words) {
    const entry = { word, syllable: takeApart(word) };
    for (const key of shortened(bare(entry.syllable.letters))) {
      const there = index.get(key);
      if (there === undefined) index.set(key, [entry]);
      else there.push(entry);
    }
  }
  return (letters) => [...new Set(shortened(bare(letters)).flatMap((key) => index.get(key) ?? []))];
}

function shortened(text: string): readonly string[] {
  return [...new Set([text, ...Array.from(text, (_, at) => text.slice(0, at) + text.slice(at + 1))])];
}

function linesOf(folder: string, file: string): readonly string[] {
  return readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function sectionsOf(lines: readonly string[]): Record<string, string[]> {
  const sections: Record<string, string[]> = {};
  let name = '';
  for (const line of lines) {
    if (line.startsWith('[')) name = line.slice(1, -1);
    else sections[name] = [...(sections[name] ?? []), ...line.normalize('NFC').split(/\s+/).map(spell)];
  }
  return sections;
}

function spell(word: string): string {
  return canonical(takeApart(word));
}
