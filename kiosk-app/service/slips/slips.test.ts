import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  bitmapToPng,
  defaultPrinterProfile,
  encodeSlip,
  loadSlipFonts,
  openThermalPrinter,
  renderSlip,
  type Slip,
  type SlipFonts,
} from '@motcua/device-drivers';
import { startSimulatedPrinter } from '@motcua/device-drivers/simulators';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ProvisionalReceiptSlipData, provisionalReceiptSlip } from './provisional-receipt-slip.ts';
import { type ReceiptSlipData, receiptSlip } from './receipt-slip.ts';
import { type TicketSlipData, ticketSlip } from './ticket-slip.ts';

const ticket: TicketSlipData = {
  language: 'vi',
  wardName: { vi: 'Phường Tân Hưng', en: 'Tan Hung Ward' },
  number: 'A027',
  service: { vi: 'Chứng thực bản sao từ bản chính', en: 'Certified copies from originals' },
  // 17:30 UTC is already the next day in Vietnam.
  issuedAt: new Date('2026-10-07T17:30:00Z'),
  peopleAhead: 6,
  ticketId: '01JD3W8Z5Q4R7T9VXYA2B3C4D5',
  copy: false,
};

const receipt: ReceiptSlipData = {
  language: 'vi',
  agency: 'Ủy ban nhân dân phường Tân Hưng',
  dossierCode: 'H29.15-261008-0975',
  receivingUnit: 'Trung tâm Phục vụ hành chính công phường Tân Hưng',
  settlingUnit: 'Trung tâm Phục vụ hành chính công phường Tân Hưng',
  ownerName: 'Nguyễn Thị Hồng Nhung',
  submitterName: 'Trần Quốc Đạt',
  maskedNumber: '079•••••1234',
  identityLevel: 'qr',
  content: 'Đăng ký khai sinh',
  papers: [
    { name: 'Tờ khai đăng ký khai sinh', pages: 2 },
    { name: 'Giấy chứng sinh', pages: 1 },
  ],
  sets: 1,
  statutoryTime: 'Trong ngày làm việc',
  receivedAt: new Date('2026-10-08T01:25:00Z'),
  dueAt: new Date('2026-10-08T09:30:00Z'),
  collectAt: 'Quầy trả kết quả, phường Tân Hưng',
  lookUpSecret: 'K7QX-4M9T',
  copy: false,
};

const provisional: ProvisionalReceiptSlipData = {
  language: 'vi',
  agency: receipt.agency,
  ticketNumber: 'A027',
  dossierId: '01JD3W8Z5Q4R7T9VXYA2B3C4D5',
  ownerName: receipt.ownerName,
  maskedNumber: receipt.maskedNumber,
  identityLevel: 'chip',
  content: receipt.content,
  papers: receipt.papers,
  refused: false,
  sealedAt: receipt.receivedAt,
  copy: false,
};

let fonts: SlipFonts;
beforeAll(async () => {
  fonts = await loadSlipFonts();
});

/** Every word on the slip, in order. */
function words(slip: Slip): string {
  return slip.blocks
    .flatMap((block) => {
      if (block.type === 'text') return [block.text];
      if (block.type === 'pair') return [`${block.label}: ${block.value}`];
      if (block.type === 'table') return [...(block.header ?? []), ...block.rows.flat()];
      return [];
    })
    .join('\n')
    .replaceAll('\u00a0', ' ');
}

const run = promisify(execFile);

/** Through the driver, onto the simulated printer's paper, before the eyes of `zbarimg`. */
async function printAndRead(slip: Slip): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-slip-'));
  const paper = await startSimulatedPrinter();
  const printer = openThermalPrinter(paper.uri);
  try {
    const bitmap = await renderSlip(slip, { widthDots: 576, dpi: 203, fonts });
    const printed = await printer.print(encodeSlip(bitmap, defaultPrinterProfile));
    expect(printed).toEqual({ ok: true, value: { certainty: 'confirmed' } });
    const file = join(folder, 'paper.png');
    await writeFile(file, await bitmapToPng(paper.papers()[0]!.bitmap));
    const { stdout } = await run('zbarimg', ['-q', '--raw', '-Sdisable', '-Sqrcode.enable', file]);
    return stdout.trim();
  } finally {
    await printer.close();
    await paper.close();
    await rm(folder, { recursive: true });
  }
}

describe('the ticket', () => {
  it('comes out of the printer with a QR that holds its id', async () => {
    expect(await printAndRead(ticketSlip(ticket))).toBe('MCK1:01JD3W8Z5Q4R7T9VXYA2B3C4D5');
  });

  it('says number, service, people ahead, and the time on the wall in Vietnam', () => {
    const text = words(ticketSlip(ticket));
    for (const part of ['A027', 'Chứng thực bản sao', 'còn 6 người', '00:30 08/10/2026', 'Phường Tân Hưng'])
      expect(text).toContain(part);
    expect(text).not.toContain('COPY');
  });

  it('says that one is next when nobody is ahead', () => {
    expect(words(ticketSlip({ ...ticket, peopleAhead: 0 }))).toContain('người tiếp theo');
    expect(words(ticketSlip({ ...ticket, peopleAhead: 1, language: 'en' }))).toContain('1 person is ahead');
  });

  it('carries English beside the Vietnamese, not instead of it', () => {
    const text = words(ticketSlip({ ...ticket, language: 'en' }));
    expect(text).toContain('Chứng thực bản sao từ bản chính\nCertified copies from originals');
  });

  it('says on a reprint that it is a copy', () => {
    expect(words(ticketSlip({ ...ticket, copy: true }))).toContain('BẢN IN LẠI · COPY');
  });
});

describe('the receipt, form 01', () => {
  it('comes out with a QR that holds the dossier code', async () => {
    expect(await printAndRead(receiptSlip(receipt))).toBe('H29.15-261008-0975');
  });

  it('has every field of the form that the kiosk knows', () => {
    const text = words(receiptSlip(receipt));
    for (const part of [
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'Độc lập - Tự do - Hạnh phúc',
      'ỦY BAN NHÂN DÂN PHƯỜNG TÂN HƯNG',
      'H29.15-261008-0975',
      'Bộ phận tiếp nhận: Trung tâm',
      'Chủ hồ sơ: Nguyễn Thị Hồng Nhung',
      'Người nộp: Trần Quốc Đạt',
      'Số định danh: 079•••••1234',
      'Nội dung yêu cầu: Đăng ký khai sinh',
      'Giấy chứng sinh',
      'Số bộ hồ sơ: 1',
      'Tiếp nhận lúc: 08:25 08/10/2026',
      '16:30 08/10/2026',
      'tại Quầy trả kết quả',
      'Mã tra cứu: K7QX-4M9T',
      'không phải bản sao chứng thực',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('Đơn vị giải quyết');
  });

  it('names the settling unit when it is another', () => {
    expect(words(receiptSlip({ ...receipt, settlingUnit: 'Sở Tư pháp' }))).toContain(
      'Đơn vị giải quyết: Sở Tư pháp',
    );
  });

  it('promises no date when the city has set none', () => {
    expect(words(receiptSlip({ ...receipt, dueAt: null }))).toContain('Sẽ được thông báo');
  });

  it('stays a receipt and not a roll of paper with 500 papers', async () => {
    const papers = Array.from({ length: 500 }, (_, at) => ({ name: `Giấy tờ ${at}`, pages: 2 }));
    const slip = receiptSlip({ ...receipt, papers });
    expect(words(slip)).toContain('và 460 giấy tờ khác\n920');
    const bitmap = await renderSlip(slip, { widthDots: 576, dpi: 203, fonts });
    expect(bitmap.height).toBeLessThan(600 * 8);
  });
});

describe('the provisional receipt', () => {
  it('comes out with a QR that holds the dossier id of the kiosk', async () => {
    expect(await printAndRead(provisionalReceiptSlip(provisional))).toBe('MCK1:01JD3W8Z5Q4R7T9VXYA2B3C4D5');
  });

  it('says that the papers are safe and what to do, and never looks like the official form', () => {
    const text = words(provisionalReceiptSlip({ ...provisional, language: 'en' }));
    for (const part of [
      'lưu an toàn',
      'tự động',
      'safe in the kiosk',
      'A027',
      'Không cần nộp lại',
      'chưa phải',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('CỘNG HÒA');
    expect(text).not.toContain('H29');
  });
});

describe('the provisional receipt of a dossier that the city refused', () => {
  it('promises no sending, and sends the person to the counter', () => {
    const text = words(provisionalReceiptSlip({ ...provisional, language: 'en', refused: true }));
    for (const part of ['chưa nhận', 'giữ an toàn', 'tại quầy', 'at the counter'])
      expect(text).toContain(part);
    for (const part of ['tự động', 'by themselves', 'Không cần nộp lại']) expect(text).not.toContain(part);
  });
});

describe('every slip', () => {
  it('is written in letters that the typeface has', () => {
    const all = (['vi', 'en'] as const).flatMap((language) => [
      ticketSlip({ ...ticket, language, copy: true }),
      receiptSlip({ ...receipt, language, settlingUnit: 'Sở', dueAt: null }),
      provisionalReceiptSlip({ ...provisional, language }),
      provisionalReceiptSlip({ ...provisional, language, refused: true }),
    ]);
    const missing = new Set(
      [...all.map(words).join('\u00a0')].filter(
        (letter) => letter !== '\n' && !fonts.hasGlyph(letter.codePointAt(0)!),
      ),
    );
    expect([...missing]).toEqual([]);
  });
});
