import { vietnamTime } from '@motcua/core';

/** Forms of a copy by an agency (NĐ 30/2020, article 25). */
export type CopyForm = 'SAO Y' | 'SAO LỤC' | 'TRÍCH SAO';

export type BlockContent =
  /** The officer who digitised, in person (TT 01/2023/TT-VPCP, article 8): top left. */
  | { readonly role: 'officer'; readonly fullName: string; readonly time: Date }
  /** The agency (NĐ 30/2020, annex I): top right. */
  | { readonly role: 'agency'; readonly form: CopyForm; readonly agency: string; readonly time: Date };

/** The symbol of conversion that law 20/2023/QH15, article 12, asks for; with it stand the time and who converted. */
export const CONVERSION_SYMBOL = 'ĐÃ SỐ HÓA TỪ BẢN GIẤY';

/** The lines of a visible block, in the order of the rules; long ones are broken where the block is narrow. */
export function blockLines(content: BlockContent): readonly string[] {
  const time = signingTime(content.time);
  if (content.role === 'agency') return [content.form, content.agency, time];
  // Three lines fit above the text of a page with the margins of NĐ 30/2020 (20 mm and more at the top).
  return [CONVERSION_SYMBOL, `Người chuyển đổi: ${content.fullName}`, `Thời gian: ${time}`];
}

/** Day, month, year; hours, minutes, seconds; the zone by ISO 8601 (NĐ 30/2020, annex I). */
function signingTime(time: Date): string {
  const { date, iso } = vietnamTime(time);
  return `${date.replaceAll('/', '.')} ${iso.slice(11, 19)} +07:00`;
}
