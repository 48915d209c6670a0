import type { Language, Sentence } from '@motcua/contract';
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import en from '../i18n/officer/en.json';
import vi from '../i18n/officer/vi.json';

export type OfficerTextKey = keyof typeof vi;

const TEXTS: Readonly<Record<Language, Readonly<Record<OfficerTextKey, string>>>> = { vi, en };
const TIME_ZONE = 'Asia/Ho_Chi_Minh';

export interface OfficerTexts {
  readonly language: Language;
  t(key: OfficerTextKey, values?: Readonly<Record<string, string | number>>): string;
  say(sentence: Sentence): string;
  /** `08:30, 01/12/2026`: always Vietnam's clock. */
  moment(instant: string): string;
  day(instant: string): string;
}

function textsOf(language: Language): OfficerTexts {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, dateStyle: 'short' });
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, timeStyle: 'short' });
  return {
    language,
    t: (key, values = {}) =>
      TEXTS[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
    say: (sentence) => sentence[language],
    moment: (instant) => `${time.format(new Date(instant))}, ${day.format(new Date(instant))}`,
    day: (instant) => day.format(new Date(instant)),
  };
}

const TextsContext = createContext<OfficerTexts>(textsOf('vi'));

export function OfficerTextsProvider({
  language,
  children,
}: {
  readonly language: Language;
  readonly children: ReactNode;
}) {
  const texts = useMemo(() => textsOf(language), [language]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${texts.t('title')} – Một Cửa`;
  }, [language, texts]);
  return <TextsContext value={texts}>{children}</TextsContext>;
}

export function useOfficerTexts(): OfficerTexts {
  return useContext(TextsContext);
}
