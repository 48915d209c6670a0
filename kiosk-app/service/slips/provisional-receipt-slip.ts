import type { IdentityLevel } from '@motcua/core';
import type { Slip } from '@motcua/device-drivers';
import { papersTable, type SlipPaper } from './papers-table.ts';
import { dateAndTime } from './receipt-slip.ts';
import { advice, copyMark, identifiedBy, label, type SlipLanguage, smallEnglish } from './wording.ts';

export interface ProvisionalReceiptSlipData {
  readonly language: SlipLanguage;
  /** `Ủy ban nhân dân phường Tân Hưng` */
  readonly agency: string;
  readonly ticketNumber: string;
  /** The kiosk's id of the dossier (ULID); the QR holds `MCK1:<dossier id>`. */
  readonly dossierId: string;
  readonly ownerName: string;
  readonly maskedNumber: string;
  readonly identityLevel: IdentityLevel;
  readonly content: string;
  readonly papers: readonly SlipPaper[];
  readonly sealedAt: Date;
  /** The city has refused the dossier for good: it stays in the kiosk and an officer must see to it. */
  readonly refused: boolean;
  readonly copy: boolean;
}

const FATE = {
  queued: {
    vi: 'Hồ sơ của ông/bà đã được lưu an toàn trong ki-ốt và sẽ tự động được gửi đi.',
    en: 'Your papers are safe in the kiosk and will be sent by themselves.',
  },
  refused: {
    vi: 'Hệ thống Thành phố chưa nhận hồ sơ này. Hồ sơ được giữ an toàn trong ki-ốt.',
    en: 'The city’s system did not take this dossier. It is kept safe in the kiosk.',
  },
} as const;

const TO_DO = {
  queued: {
    vi: 'Không cần nộp lại. Xin giữ phiếu này và đưa cho cán bộ tại quầy để nhận mã hồ sơ và ngày hẹn trả kết quả. Hỗ trợ: 1022.',
    en: 'Do not submit again. Keep this slip and show it at the counter to get the dossier code and the date of the result. Help: 1022.',
  },
  refused: {
    vi: 'Xin đưa phiếu này và giấy tờ bản chính cho cán bộ tại quầy để được xử lý. Hỗ trợ: 1022.',
    en: 'Please show this slip and your original papers at the counter. Help: 1022.',
  },
} as const;

/**
 * For a visit that ends while the city cannot be reached. It promises only what is true: the papers are stored and
 * queued. It is not form 01 and bears neither its title nor the national motto.
 */
export function provisionalReceiptSlip(data: ProvisionalReceiptSlipData): Slip {
  const { language } = data;
  const fate = data.refused ? FATE.refused : FATE.queued;
  return {
    blocks: [
      ...copyMark(data.copy),
      { type: 'text', text: data.agency.toLocaleUpperCase('vi'), size: 2.4, weight: 'bold', align: 'centre' },
      { type: 'space', millimetres: 2 },
      { type: 'text', text: 'PHIẾU TẠM NHẬN HỒ SƠ', size: 3.6, weight: 'bold', align: 'centre' },
      ...smallEnglish('Provisional receipt', language),
      { type: 'rule' },
      {
        type: 'text',
        text: fate.vi,
        size: 3,
        weight: 'bold',
      },
      ...(language === 'en'
        ? [
            {
              type: 'text',
              text: fate.en,
              size: 2.6,
            } as const,
          ]
        : []),
      { type: 'rule' },
      { type: 'text', text: label({ vi: 'Số thứ tự', en: 'your number' }, language), align: 'centre' },
      { type: 'space', millimetres: 1 },
      { type: 'text', text: data.ticketNumber, size: 12, weight: 'bold', align: 'centre' },
      { type: 'rule' },
      {
        type: 'pair',
        label: label({ vi: 'Chủ hồ sơ', en: 'owner' }, language),
        value: data.ownerName,
        weight: 'bold',
      },
      {
        type: 'pair',
        label: label({ vi: 'Số định danh', en: 'ID number' }, language),
        value: data.maskedNumber,
        weight: 'bold',
      },
      identifiedBy(data.identityLevel, language),
      {
        type: 'pair',
        label: label({ vi: 'Nội dung yêu cầu', en: 'request' }, language),
        value: data.content,
        weight: 'bold',
      },
      {
        type: 'pair',
        label: label({ vi: 'Lưu lúc', en: 'stored at' }, language),
        value: dateAndTime(data.sealedAt),
        weight: 'bold',
      },
      ...papersTable(data.papers, language),
      { type: 'qr', text: `MCK1:${data.dossierId}`, millimetres: 26 },
      { type: 'text', text: groupsOfFour(data.dossierId), size: 2.2, align: 'centre' },
      { type: 'rule' },
      { type: 'text', text: label({ vi: 'Việc cần làm', en: 'what to do' }, language), weight: 'bold' },
      ...advice(data.refused ? TO_DO.refused : TO_DO.queued, language),
      { type: 'rule' },
      ...advice(
        {
          vi: 'Phiếu này chưa phải Giấy tiếp nhận hồ sơ và hẹn trả kết quả. Giấy tờ trong hồ sơ là bản số hóa, không phải bản sao chứng thực.',
          en: 'This is not yet the official receipt. The papers were digitised; they are not certified copies.',
        },
        language,
      ),
      { type: 'space', millimetres: 2 },
    ],
  };
}

/** Easier to read out over the telephone. */
function groupsOfFour(id: string): string {
  return id.replace(/(.{4})(?=.)/g, '$1 ');
}
