import { foldVietnamese } from '@motcua/core';
import type { Catalogue, Procedure } from './load-catalogue.ts';

const MAX_QUERY = 100;

/**
 * Procedures that a person may mean, in the catalogue's order. Tones do not count (`hoà` = `hòa` = `hoa`); every word
 * typed must begin a word of the name, of an alias or of the field, or be the initials of neighbouring words
 * (`ks` = khai sinh), or run words together (`khaisinh`). Nothing typed: all of them. What finds nothing is read as
 * Telex keys once more: many type them out of habit on a keyboard that needs none.
 */
export function searchCatalogue(catalogue: Catalogue, query: string): readonly Procedure[] {
  const typed = words(query.slice(0, MAX_QUERY));
  if (typed.length === 0) return catalogue.procedures;
  const found = search(catalogue, typed);
  return found.length > 0 ? found : search(catalogue, typed.map(withoutTelexKeys));
}

function search(catalogue: Catalogue, typed: readonly string[]): readonly Procedure[] {
  return catalogue.procedures.filter((procedure) => {
    const texts = [procedure.name.vi, procedure.name.en, ...procedure.aliases];
    const phrases = [...texts, procedure.fieldName.vi, procedure.fieldName.en, procedure.code].map(words);
    return typed.every((word) => phrases.some((phrase) => matches(phrase, word)));
  });
}

/** `ddawng` → `dang`, `kys` → `ky`, `keets` → `ket`: the bare letters, as the catalogue's words are compared. */
function withoutTelexKeys(word: string): string {
  return word
    .replace(/^dd/, 'd')
    .replace(/([aeo])\1/g, '$1')
    .replace(/(?<=[aouy][a-z]*)w/g, '')
    .replace(/(?<=[aeiouy][a-z]*)[sfrxj]/g, '');
}

function words(text: string): readonly string[] {
  return foldVietnamese(text)
    .split(/[^\p{L}\p{N}.]+/u)
    .filter((word) => word !== '');
}

function matches(phrase: readonly string[], typed: string): boolean {
  return phrase.some((word, index) => {
    if (word.startsWith(typed)) return true;
    if (typed.length < 2) return false;
    const rest = phrase.slice(index);
    const initials = rest.map((next) => next[0]).join('');
    return initials.startsWith(typed) || rest.join('').startsWith(typed);
  });
}
