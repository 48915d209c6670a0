import type { Language, Sentence } from '@motcua/contract';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import en from './en.json';
import vi from './vi.json';

export type TextKey = keyof typeof vi;
export type TextValues = Readonly<Record<string, string | number>>;

const TEXTS: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { vi, en };

/** The text in a language, with `{name}` replaced by the value of that name. */
export function textIn(language: Language, key: TextKey, values: TextValues = {}): string {
  return typeset(
    TEXTS[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
  );
}

/** Longer names between quotation marks may be broken: they would tear a hole into the line before. */
const LONGEST_QUOTE = 16;

/**
 * Keeps on one line what is read as one: a number with the word it counts or dates, the name of a button between
 * quotation marks, the name of the city.
 */
export function typeset(text: string): string {
  return text
    .replace(/(\d) (?=\p{L})/gu, '$1\u00a0')
    .replace(/(tháng|ngày|lúc|page|trang) (?=\d)/gu, '$1\u00a0')
    .replace(/“[^“”]*”/g, (quote) => (quote.length > LONGEST_QUOTE ? quote : quote.replaceAll(' ', '\u00a0')))
    .replace(/Thành phố Hồ Chí Minh|TP\. Hồ Chí Minh/g, (city) => city.replaceAll(' ', '\u00a0'));
}

export interface Texts {
  readonly language: Language;
  t(key: TextKey, values?: TextValues): string;
  /** Picks the language of a sentence that came from the service. */
  say(sentence: Sentence): string;
  /** `08:30`, `thứ Ba, 1 tháng 12, 2026`: always Vietnam's clock, wherever the browser believes to be. */
  time(instant: Date): string;
  day(instant: Date): string;
}

const TIME_ZONE = 'Asia/Ho_Chi_Minh';

export function textsOf(language: Language): Texts {
  const locale = language === 'vi' ? 'vi-VN' : 'en-GB';
  const time = new Intl.DateTimeFormat(locale, {
    timeZone: TIME_ZONE,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const day = new Intl.DateTimeFormat(locale, {
    timeZone: TIME_ZONE,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  return {
    language,
    t: (key, values) => textIn(language, key, values),
    say: (sentence) => typeset(sentence[language]),
    time: (instant) => time.format(instant),
    day: (instant) => typeset(day.format(instant)),
  };
}

const TextsContext = createContext<Texts>(textsOf('vi'));

export function TextsProvider({
  language,
  children,
}: {
  readonly language: Language;
  readonly children: ReactNode;
}) {
  const texts = useMemo(() => textsOf(language), [language]);
  return <TextsContext value={texts}>{children}</TextsContext>;
}

export function useTexts(): Texts {
  return useContext(TextsContext);
}
