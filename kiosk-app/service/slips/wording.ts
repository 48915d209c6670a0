import type { IdentityLevel } from '@motcua/core';
import type { SlipBlock } from '@motcua/device-drivers';

export type SlipLanguage = 'vi' | 'en';

/** A sentence in both languages of the kiosk. */
export interface Bilingual {
  readonly vi: string;
  readonly en: string;
}

/** Official papers stay Vietnamese: a foreigner's visit adds English behind the label, never instead of it. */
export function label(text: Bilingual, language: SlipLanguage): string {
  return language === 'en' ? `${text.vi} (${text.en})` : text.vi;
}

/** Small print under a Vietnamese line, for a visit in English. */
export function smallEnglish(text: string, language: SlipLanguage): SlipBlock[] {
  return language === 'en' ? [{ type: 'text', text, size: 2, align: 'centre' }] : [];
}

/** Instructions: Vietnamese first, English below it when the visit was in English. */
export function advice(text: Bilingual, language: SlipLanguage): SlipBlock[] {
  const vietnamese: SlipBlock = { type: 'text', text: text.vi, size: 2.4 };
  return language === 'en'
    ? [vietnamese, { type: 'space', millimetres: 0.8 }, { type: 'text', text: text.en, size: 2.2 }]
    : [vietnamese];
}

/** A second print of the same number or receipt says so, because the first may be in somebody's hand. */
export function copyMark(copy: boolean): SlipBlock[] {
  return copy
    ? [
        { type: 'text', text: 'BẢN IN LẠI · COPY', size: 3, weight: 'bold', align: 'centre' },
        { type: 'rule' },
      ]
    : [];
}

/** No more than is so: a code is not signed, and a chip of an unknown issuer is not proved. */
const IDENTIFIED_BY: Readonly<Record<IdentityLevel, Bilingual>> = {
  typed: { vi: 'Số do người nộp nhập', en: 'number as typed' },
  qr: { vi: 'Mã QR trên thẻ (chưa xác thực)', en: 'the card’s QR code, not proved' },
  chip: { vi: 'Chip trên thẻ (chưa xác nhận nơi cấp)', en: 'the card’s chip, issuer not confirmed' },
  'chip-proved': { vi: 'Chip trên thẻ (đã xác thực)', en: 'the card’s chip, proved' },
};

/** How the kiosk knew who stood there. */
export function identifiedBy(level: IdentityLevel, language: SlipLanguage): SlipBlock {
  return {
    type: 'pair',
    label: label({ vi: 'Danh tính theo', en: 'identified by' }, language),
    value: language === 'en' ? IDENTIFIED_BY[level].en : IDENTIFIED_BY[level].vi,
    weight: 'bold',
  };
}
