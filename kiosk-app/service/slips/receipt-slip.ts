import { type IdentityLevel, vietnamTime } from '@motcua/core';
import type { Slip, SlipBlock } from '@motcua/device-drivers';
import { papersTable, type SlipPaper } from './papers-table.ts';
import { advice, copyMark, identifiedBy, label, type SlipLanguage, smallEnglish } from './wording.ts';

export interface ReceiptSlipData {
  readonly language: SlipLanguage;
  /** `Ủy ban nhân dân phường Tân Hưng` */
  readonly agency: string;
  /** `H29.15-261008-0975` */
  readonly dossierCode: string;
  readonly receivingUnit: string;
  /** Left out of the slip when it is the receiving unit. */
  readonly settlingUnit: string;
  readonly ownerName: string;
  /** Null when the owner hands in the papers. */
  readonly submitterName: string | null;
  /** Already masked by the caller: a receipt lies about in the hall. */
  readonly maskedNumber: string;
  readonly identityLevel: IdentityLevel;
  /** The procedure's official name. */
  readonly content: string;
  readonly papers: readonly SlipPaper[];
  readonly sets: number;
  /** Statutory time, in words: `Trong ngày làm việc`. */
  readonly statutoryTime: string;
  readonly receivedAt: Date;
  /** Null: the city has set no date yet. */
  readonly dueAt: Date | null;
  readonly collectAt: string;
  readonly lookUpSecret: string;
  readonly copy: boolean;
}

/**
 * `Giấy tiếp nhận hồ sơ và hẹn trả kết quả`, form 01 of Thông tư 03/2025/TT-VPCP, on a paper roll. Printed only after
 * the city's signed receipt is verified.
 */
export function receiptSlip(data: ReceiptSlipData): Slip {
  const { language } = data;
  const field = (vi: string, en: string, value: string): SlipBlock => ({
    type: 'pair',
    label: label({ vi, en }, language),
    value,
    weight: 'bold',
  });
  return {
    blocks: [
      ...copyMark(data.copy),
      ...letterhead(data.agency),
      {
        type: 'text',
        text: 'GIẤY TIẾP NHẬN HỒ SƠ\nVÀ HẸN TRẢ KẾT QUẢ',
        size: 3.3,
        weight: 'bold',
        align: 'centre',
      },
      ...smallEnglish('Receipt of papers and appointment for the result', language),
      { type: 'space', millimetres: 1.5 },
      {
        type: 'text',
        text: label({ vi: 'Mã hồ sơ', en: 'dossier code' }, language),
        align: 'centre',
      },
      { type: 'text', text: data.dossierCode, size: 3.8, weight: 'bold', align: 'centre' },
      { type: 'qr', text: data.dossierCode, millimetres: 24 },
      field('Bộ phận tiếp nhận', 'received by', data.receivingUnit),
      ...(data.settlingUnit === data.receivingUnit
        ? []
        : [field('Đơn vị giải quyết', 'settled by', data.settlingUnit)]),
      field('Chủ hồ sơ', 'owner', data.ownerName),
      ...(data.submitterName === null ? [] : [field('Người nộp', 'submitted by', data.submitterName)]),
      field('Số định danh', 'ID number', data.maskedNumber),
      identifiedBy(data.identityLevel, language),
      field('Nội dung yêu cầu', 'request', data.content),
      ...papersTable(data.papers, language),
      { type: 'space', millimetres: 1.5 },
      field('Số bộ hồ sơ', 'sets', `${data.sets}`),
      field('Thời hạn giải quyết', 'statutory time', data.statutoryTime),
      field('Tiếp nhận lúc', 'received at', dateAndTime(data.receivedAt)),
      ...appointment(data),
      field('Mã tra cứu', 'look-up code', data.lookUpSecret),
      ...advice(
        {
          vi: 'Xin giữ kín mã tra cứu: ai có mã này đều xem được tình trạng hồ sơ.',
          en: 'Keep the look-up code to yourself: whoever has it can see the state of the dossier.',
        },
        language,
      ),
      { type: 'rule' },
      {
        type: 'table',
        columns: [1, 1],
        rows: [
          [
            label({ vi: 'Người nộp hồ sơ', en: 'submitter' }, language),
            label({ vi: 'Người tiếp nhận', en: 'officer' }, language),
          ],
        ],
      },
      { type: 'space', millimetres: 14 },
      { type: 'rule' },
      ...advice(
        {
          vi: 'Giấy tờ trong hồ sơ là bản số hóa tại ki-ốt, chờ cán bộ ký xác nhận; không phải bản sao chứng thực. Hỗ trợ: 1022.',
          en: 'The papers were digitised at the kiosk and await the officer’s signature; they are not certified copies. Help: 1022.',
        },
        language,
      ),
      { type: 'space', millimetres: 2 },
    ],
  };
}

/** What the citizen looks for first: when to come back, and where. */
function appointment(data: ReceiptSlipData): SlipBlock[] {
  const due = data.dueAt === null ? 'Sẽ được thông báo' : dateAndTime(data.dueAt);
  return [
    { type: 'rule' },
    {
      type: 'text',
      text: label({ vi: 'Hẹn trả kết quả', en: 'result due' }, data.language),
      align: 'centre',
    },
    { type: 'text', text: due, size: 4, weight: 'bold', align: 'centre' },
    ...(data.dueAt === null ? smallEnglish('You will be told', data.language) : []),
    { type: 'text', text: `tại ${data.collectAt}`, align: 'centre' },
    { type: 'rule' },
  ];
}

/** National motto and agency, as on every paper of the administration. */
function letterhead(agency: string): SlipBlock[] {
  return [
    {
      type: 'text',
      text: unbroken('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'),
      size: 2.2,
      weight: 'bold',
      align: 'centre',
    },
    {
      type: 'text',
      text: unbroken('Độc lập - Tự do - Hạnh phúc'),
      size: 2.5,
      weight: 'bold',
      align: 'centre',
    },
    { type: 'rule', millimetres: 34 },
    { type: 'text', text: agency.toLocaleUpperCase('vi'), size: 2.4, weight: 'bold', align: 'centre' },
    { type: 'space', millimetres: 3 },
  ];
}

/** `hh:mm dd/mm/yyyy`, as form 01 writes it. */
export function dateAndTime(at: Date): string {
  const { time, date } = vietnamTime(at);
  return unbroken(`${time} ${date}`);
}

/** With no-break spaces: on narrow paper such a line is printed smaller, not in two. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}
