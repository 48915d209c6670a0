import { type Clock, vietnamTime } from '@motcua/core';
import type { Slip } from '@motcua/device-drivers';
import { advice, type Bilingual, copyMark, label, type SlipLanguage, smallEnglish } from './wording.ts';

export interface TicketSlipData {
  readonly language: SlipLanguage;
  /** The centre and its ward, as on its door: `Phường Tân Hưng`. */
  readonly wardName: Bilingual;
  /** `A027` */
  readonly number: string;
  readonly service: Bilingual;
  readonly issuedAt: ReturnType<Clock['now']>;
  readonly peopleAhead: number;
  /** ULID; the QR holds `MCK1:<ticket id>`. */
  readonly ticketId: string;
  /** True for a reprint when the first may have come out. */
  readonly copy: boolean;
}

/** The order ticket: the number first, readable at arm's length without glasses. */
export function ticketSlip(data: TicketSlipData): Slip {
  const { language } = data;
  const { date, time } = vietnamTime(data.issuedAt);
  return {
    blocks: [
      ...copyMark(data.copy),
      { type: 'text', text: 'Trung tâm Phục vụ hành chính công', size: 2.6, align: 'centre' },
      { type: 'text', text: data.wardName.vi, size: 3.2, weight: 'bold', align: 'centre' },
      ...smallEnglish(`Public Administration Service Centre, ${data.wardName.en}`, language),
      { type: 'rule' },
      { type: 'space', millimetres: 1 },
      {
        type: 'text',
        text: label({ vi: 'Số thứ tự', en: 'your number' }, language),
        size: 3,
        align: 'centre',
      },
      { type: 'space', millimetres: 1.5 },
      { type: 'text', text: data.number, size: 20, weight: 'bold', align: 'centre' },
      { type: 'space', millimetres: 1.5 },
      ...peopleAhead(data.peopleAhead, language),
      { type: 'rule' },
      {
        type: 'pair',
        label: label({ vi: 'Thủ tục', en: 'service' }, language),
        value: language === 'en' ? `${data.service.vi}\n${data.service.en}` : data.service.vi,
        weight: 'bold',
      },
      {
        type: 'pair',
        label: label({ vi: 'Lấy số lúc', en: 'issued' }, language),
        value: `${time} ${date}`,
        weight: 'bold',
      },
      { type: 'qr', text: `MCK1:${data.ticketId}`, millimetres: 26 },
      ...advice(
        {
          vi: 'Xin giữ phiếu này và chú ý khi số được gọi. Cần giúp đỡ, xin hỏi cán bộ hướng dẫn.',
          en: 'Please keep this ticket and watch for your number. For help, ask the staff in the hall.',
        },
        language,
      ),
      { type: 'space', millimetres: 2 },
    ],
  };
}

function peopleAhead(count: number, language: SlipLanguage): Slip['blocks'] {
  const vi = count === 0 ? 'Ông/bà là người tiếp theo' : `Trước ông/bà còn ${count} người`;
  const en =
    count === 0 ? 'You are next' : `${count} ${count === 1 ? 'person is' : 'people are'} ahead of you`;
  return [
    { type: 'text', text: vi, size: 3, weight: 'bold', align: 'centre' },
    ...(language === 'en' ? [{ type: 'text', text: en, size: 2.4, align: 'centre' } as const] : []),
  ];
}
