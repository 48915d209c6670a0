import { describe, expect, it } from 'vitest';
import { findFields } from './find-fields.ts';
import { guessKind } from './guess-kind.ts';
import { kinds, page } from './understanding-test-bench.ts';

function values(text: string, name: string): string[] {
  return findFields(page(text))
    .filter((field) => field.name === name)
    .map((field) => field.value);
}

describe('the person number', () => {
  it.each([
    ['plain', 'Số định danh cá nhân: 079190012345'],
    ['with full stop', 'CCCD số 079190012345.'],
    ['glued to its label', 'Số:079190012345'],
    ['digit by digit', 'Số định danh cá nhân: 0 7 9 1 9 0 0 1 2 3 4 5'],
    ['digit by digit, some joined', 'Số định danh: O0 7 9 1 90 0 1 2 34 5'],
    ['in groups', 'CCCD: 079 190 012 345'],
    ['with letters for digits', 'Số: O7919OO12345'],
    ['in cells', 'Số: |0 |7 |9 |1 |9 |0 |0 |1 |2 |3 |4 |5|'],
    ['in the MRZ', 'IDVNM1900123457079190012345<<7'],
  ])('is read %s', (_, text) => {
    expect(values(text, 'personNumber')).toEqual(['079190012345']);
  });

  it.each([
    ['a phone number', 'Điện thoại: 0903 555 121'],
    ['thirteen digits', 'Mã vạch 8934567890123'],
    ['a date and a year', 'ngày 12/04/2020 số 1234'],
    ['words of O and l', 'OlOlOlOlOlOl lo Oi'],
  ])('is not seen in %s', (_, text) => {
    expect(values(text, 'personNumber')).toEqual([]);
  });

  it('comes labelled and plausible ones first, each once', () => {
    const text = 'Mã hồ sơ 999999999999\nghi chú\nghi chú\nCCCD số: 079190012345\nBản sao 079190012345';
    expect(values(text, 'personNumber')).toEqual(['079190012345', '999999999999']);
  });
});

describe('the name', () => {
  it.each([
    ['Họ, chữ đệm, tên người yêu cầu: Đỗ Thị Quỳnh Như', 'Đỗ Thị Quỳnh Như'],
    ['Họ và tên / Full name:\nTĂNG THỊ MỸ DUYÊN', 'TĂNG THỊ MỸ DUYÊN'],
    ['1. Họ, chữ đệm và tên: Chu Văn An 2. Giới tính: Nam', 'Chu Văn An'],
    ['Ông: Vũ Đình Khải, sinh ngày: 30/11/1978', 'Vũ Đình Khải'],
    ['Họ, chữ đệm, tên: NGUYỄN THỊ NGỌC\nDIỄM', 'NGUYỄN THỊ NGỌC DIỄM'],
    ['Tôi tên là: Lữ Thị Ngoạn Sinh ngày 15/06/1968', 'Lữ Thị Ngoạn'],
    ['Ho va tén: LÝ Ỷ NHI Nam', 'LÝ Ỷ NHI'],
    ['Họ và tên: Ksor H’Nu', 'Ksor H’Nu'],
    ['Họ và tên: Y Khim Niê', 'Y Khim Niê'],
    ['Họ và tên: Y KHIM NIÊ Nam', 'Y KHIM NIÊ'],
    ['Bị đơn: Anh Đỗ Thành Trung, sinh ngày 01/9/1990', 'Đỗ Thành Trung'],
    ['Tôi tên là: Lưu Đức Hòa Nam/Nữ: Nam', 'Lưu Đức Hòa'],
    ['1. Ông Trần Văn Hòa - Tổ trưởng tổ hòa giải', 'Trần Văn Hòa'],
  ])('in %j', (text, name) => {
    expect(values(text, 'fullName')[0]).toBe(name);
  });

  it('is not what stands behind “Địa chỉ”', () => {
    expect(values('Địa chỉ: Ấp Tân Hòa, xã Tân Phú Trung', 'fullName')).toEqual([]);
  });

  it('is not a sentence', () => {
    expect(values('Họ và tên người làm chứng phải ghi rõ\n(Ký, ghi rõ họ tên)', 'fullName')).toEqual([]);
  });
});

describe('the birth date', () => {
  it.each([
    ['Ngày sinh / Date of birth: 17/12/1985'],
    ['Ngày, tháng, năm sinh: 17-12-1985 Giới tính: Nữ'],
    ['Sinh ngày 17 tháng 12 năm 1985 tại Bến Tre'],
    ['Ngày, tháng, năm sinh:\n17.12.1985'],
    ['Ngày sinh: 1711211985'],
    ['Sinh ngày: 17/12/1985, CCCD cấp ngày 22/09/2022'],
  ])('in %j', (text) => {
    expect(values(text, 'birthDate')).toEqual(['1985-12-17']);
  });

  it.each([
    ['an issue date', 'Cấp ngày 22/09/2022 tại Cục Cảnh sát'],
    ['a day that does not exist', 'Ngày sinh: 31/02/1990'],
    ['a date without label', 'TP. Hồ Chí Minh, ngày 02 tháng 9 năm 2025'],
    ['the day of registration', 'Ngày, tháng, năm đăng ký khai sinh: 20/02/2024'],
    ['the issue date of a birth notice', 'Giấy chứng sinh ngày 20/02/2024'],
  ])('is not %s', (_, text) => {
    expect(values(text, 'birthDate')).toEqual([]);
  });
});

describe('the kind of paper', () => {
  it.each([
    ['birth-certificate', 'GIẤY KHAI SINH\nHọ, chữ đệm, tên: AN'],
    ['birth-registration-form', 'TỜ KHAI ĐĂNG KÝ KHAI SINH\nKính gửi: UBND phường'],
    ['birth-registration-form', 'TỜ KHAI\nĐĂNG KÝ KHAI SINH\nKính gửi: UBND phường'],
    ['marriage-certificate', 'GIAY CHUNG NHAN KET HON\nVợ Chồng'],
    ['marital-status', 'GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN'],
    ['marital-status-request-form', 'TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN'],
    ['live-birth-notice', 'GIẤY CHÚNG SINN\nĐã sinh con vào lúc'],
    ['citizen-card', 'CĂN CƯỚC CÔNG DÂN\nCitizen Identity Card\nHọ và tên / Full name'],
    [
      'citizen-card-back',
      'PDặc điểm nhân dạng / Personal identiTication\nTDVNM1900123457079190012345<<7\n9002144F3002142VNM<<<<<<<<<<<0\nNGUYEN<<THI<NGOC<DIEM<<<<<<<<<',
    ],
    [
      'birth-registration-form',
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nTỜ KHAI ĐĂNG KÝ KHAI SINH\nKính gửi: UBND phường Tân Hưng\nHọ và tên: Lê Văn Tám\nNgày sinh: 12/03/1988',
    ],
    [
      'application',
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐƠN ĐỀ NGHỊ\nKính gửi: Ủy ban nhân dân phường\nTôi tên là: Lê Văn Tám',
    ],
    ['contract', 'HỢP ĐỒNG THUÊ NHÀ\nBên A: … căn cước công dân số\nĐiều 1. …'],
    [
      'land-use-certificate',
      'GIẦY CHỨNG\nQUYỀN SỬ DỤNG ĐẤT, QUYỀ! ỨU TÀI SẢN GẮN\nLIÊN VỚI\nThông tin thửa đất:\nThửa đất số: 1; Tờ bản đồ số: 3\nLoại đất: Đất ở',
    ],
    ['household-book', 'SỔ HỘ KHẨU\nHọ và tên chủ hộ: BÙI VĂN THIỆN'],
    ['unknown', 'Thực đơn trưa\nCơm gà xối mỡ'],
    ['unknown', 'Công ty Điện lực\nTHÔNG BÁO TIỀN ĐIỆN\nKhách hàng: Võ An'],
    [
      'unknown',
      'NHẬT BÁO SÀI THÀNH\nNgười dân mang theo thẻ căn cước,\nhợp đồng thuê nhà và giấy chứng\nnhận quyền sử dụng đất khi làm\nthủ tục giấy khai sinh cho con.',
    ],
  ])('is %s', (code, text) => {
    expect(guessKind(page(text), kinds.kinds).code).toBe(code);
  });

  it('does not follow a paper that is only mentioned', () => {
    const text =
      'HỢP ĐỒNG ỦY QUYỀN\nBên A ủy quyền cho Bên B nhận giấy khai sinh tại cơ quan có thẩm quyền\nĐiều 1. Hai bên';
    expect(guessKind(page(text), kinds.kinds).code).toBe('contract');
    expect(guessKind([], kinds.kinds).code).toBe('unknown');
  });
});

describe('text without end', () => {
  it('is searched in bounded time', () => {
    const words = Array.from({ length: 2_000 }, (_, at) => (at % 3 ? '0' : 'ngày'));
    const long = page(Array.from({ length: 20 }, () => words.join(' ')).join('\n'));
    // Ends within the runner's time-out, or not at all.
    expect(findFields(long)).toEqual([]);
    expect(guessKind(long, kinds.kinds).code).toBe('unknown');
  });
});
