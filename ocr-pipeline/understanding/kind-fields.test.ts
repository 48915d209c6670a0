import { describe, expect, it } from 'vitest';
import { understand, valuesOf } from './understanding-test-bench.ts';

const read = (text: string) => valuesOf(understand(text).fields);
const checkOf = (text: string, name: string) =>
  understand(text).fields.find((field) => field.name === name)?.check;

describe('fields of a paper with several persons', () => {
  const form = `TỜ KHAI ĐĂNG KÝ KHAI TỬ
Kính gửi: Ủy ban nhân dân Phường Mẫu
Họ và tên người yêu cầu: Tạ Thu Hà
Ngày, tháng, năm sinh: 03/04/1980 Số CCCD: 079180000123
Nơi cư trú: 15 Ngõ 2 Đường Chim Sáo, Khu phố 6, Phường Mẫu,
Thành phố Hồ Chí Minh
Đề nghị cơ quan đăng ký khai tử cho người có tên dưới đây:
Họ, chữ đệm, tên: Tạ Văn Bính
Ngày sinh: 09/09/1949 Giới tính: Nam Dân tộc: Tày
Số định danh cánhân: 079 049 000 456
Đã chết vào lúc: 05 giờ 10 phút, ngày 07 tháng 01 năm 2026
Nguyên nhân chết: Tuổi già
Tôi cam đoan nội dung khai trên đây là đúng sự thật`;

  it('go to the person in whose part they stand', () => {
    expect(read(form)).toMatchObject({
      'requester.fullName': 'Tạ Thu Hà',
      'requester.birthDate': '1980-04-03',
      'requester.personNumber': '079180000123',
      'requester.residence': '15 Ngõ 2 Đường Chim Sáo, Khu phố 6, Phường Mẫu, Thành phố Hồ Chí Minh',
      'deceased.fullName': 'Tạ Văn Bính',
      'deceased.birthDate': '1949-09-09',
      'deceased.sex': 'Nam',
      'deceased.ethnicity': 'Tày',
      'deceased.personNumber': '079049000456',
      'deceased.deathDate': '2026-01-07',
      'deceased.deathCause': 'Tuổi già',
    });
  });

  it('begin with a name right behind the heading of a part', () => {
    const authorisation = `GIẤY ỦY QUYỀN
Người ủy quyền: Lâm Thị Yến Chi
Ngày sinh: 23/04/1993
Người được ủy quyền: Ông Doãn Văn Thạch
Nội dung ủy quyền: Nộp và nhận kết quả hồ sơ
Thời hạn ủy quyền đến hết ngày 31 tháng 12 năm 2026`;
    expect(read(authorisation)).toMatchObject({
      'principal.fullName': 'Lâm Thị Yến Chi',
      'principal.birthDate': '1993-04-23',
      'agent.fullName': 'Doãn Văn Thạch',
    });
    const lease = `HỢP ĐỒNG THUÊ NHÀ
Bên cho thuê: Ông Trịnh Quốc Khải
Số định danh cá nhân: 079085004417
Bên thuê: Bà Lưu Thị Bích Hợp
Hai bên thống nhất giá thuê 7.500.000 đồng một tháng`;
    expect(read(lease)).toMatchObject({
      'partyA.fullName': 'Trịnh Quốc Khải',
      'partyB.fullName': 'Lưu Thị Bích Hợp',
    });
    // A heading alone, and one that says something else, name nobody.
    const plain = lease
      .replace('Ông Trịnh Quốc Khải', '')
      .replace('Bà Lưu Thị Bích Hợp', 'theo danh sách kèm theo');
    expect(Object.keys(read(plain)).filter((name) => /^party.\.fullName$/.test(name))).toEqual([]);
  });

  it('are found behind labels with misread, joined and split letters', () => {
    const damaged = form
      .replace('Nguyên nhân chết', 'Nguyèn nhàn chêt')
      .replace('Họ và tên người yêu cầu', 'Hovà tên ngưòi yêu càu')
      .replace('Ngày sinh:', 'Ngày sịnh;');
    expect(read(damaged)).toMatchObject({
      'requester.fullName': 'Tạ Thu Hà',
      'deceased.birthDate': '1949-09-09',
      'deceased.deathCause': 'Tuổi già',
    });
  });

  it('lead the plain candidates by the paper’s own subject', () => {
    const { fields } = understand(form);
    const first = (name: string) => fields.find((field) => field.name === name)?.value;
    expect([first('fullName'), first('personNumber')]).toEqual(['Tạ Thu Hà', '079180000123']);
  });

  it('of columns side by side are kept apart, with labels of their own or shared ones', () => {
    const own = `GIẤY CHỨNG NHẬN KẾT HÔN
       VỢ                                   CHỒNG
Họ, chữ đệm, tên: LÊ THỊ SEN          Họ, chữ đệm, tên: BÙI QUANG HUY
Ngày, tháng, năm sinh: 01/02/1995     Ngày, tháng, năm sinh: 03/04/1993
Nơi đăng ký kết hôn: Phường Mẫu`;
    const shared = `TỜ KHAI ĐĂNG KÝ KẾT HÔN
Thông tin                Bên nữ                  Bên nam
Họ, chữ đệm, tên         LÊ THỊ SEN              BÙI QUANG HUY
Ngày, tháng,             01/02/1995              03/04/1993
năm sinh
Tôi cam đoan`;
    expect(read(own)).toMatchObject({
      'wife.fullName': 'LÊ THỊ SEN',
      'wife.birthDate': '1995-02-01',
      'husband.fullName': 'BÙI QUANG HUY',
      'husband.birthDate': '1993-04-03',
      registrationPlace: 'Phường Mẫu',
    });
    expect(read(shared)).toMatchObject({
      'bride.fullName': 'LÊ THỊ SEN',
      'bride.birthDate': '1995-02-01',
      'groom.fullName': 'BÙI QUANG HUY',
      'groom.birthDate': '1993-04-03',
    });
  });
});

describe('checks', () => {
  const birth = (figures: string, words: string) =>
    `GIẤY KHAI SINH\nHọ, chữ đệm, tên: ĐẶNG GIA HÂN\nNgày, tháng, năm sinh: ${figures}\nGhi bằng chữ: ${words}\nGiới tính: Nữ\nSố định danh cá nhân: 079324000111`;
  const words = 'Ngày mùng một, tháng hai, năm hai nghìn không trăm hai mươi tư';

  it('hold a date in figures against the date in words', () => {
    const outcome = (figures: string) => checkOf(birth(figures, words), 'child.birthDate');
    expect(outcome('01/02/2024')).toEqual({ name: 'date-in-words', outcome: 'passed' });
    expect(outcome('01/02/2023')).toEqual({ name: 'date-in-words', outcome: 'failed' });
    expect(checkOf(birth('01/02/2024', 'không rõ'), 'child.birthDate')?.name).toBe('date');
  });

  it('hold a number against birth date and sex, as a warning', () => {
    const number = (figures: string) => checkOf(birth(figures, words), 'child.personNumber');
    expect(number('01/02/2024')).toEqual({ name: 'person-number', outcome: 'passed' });
    expect(number('01/02/2014')).toEqual({ name: 'number-fits-person', outcome: 'failed' });
  });

  it('find a number with a digit too few', () => {
    const text = 'PHIẾU YÊU CẦU CHỨNG THỰC\nHọ và tên: Lê Văn Tám\nCCCD số: 07918000012';
    expect(understand(text).fields.find(({ name }) => name === 'requester.personNumber')).toMatchObject({
      value: '07918000012',
      check: { name: 'person-number', outcome: 'failed' },
    });
  });
});

describe('values', () => {
  it('end at the next label and go on where the line was full', () => {
    expect(
      read(`GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT
I. Người sử dụng đất
Ông: Bùi Quang Huy Năm sinh: 1970
Địa chỉ thường trú: 3 Đường Sen, Phường Mẫu
II. Thửa đất
1. Thửa đất số: 88 2. Tờ bản đồ số: 12
3. Diện tích: 1.120,5 m2
4. Địa chỉ thửa đất: Khu phố 3, Phường Mẫu, Thành phố
Hồ Chí Minh`),
    ).toMatchObject({
      'owner.fullName': 'Bùi Quang Huy',
      'owner.birthYear': '1970',
      'owner.residence': '3 Đường Sen, Phường Mẫu',
      plotNumber: '88',
      mapSheet: '12',
      area: '1.120,5 m2',
      landAddress: 'Khu phố 3, Phường Mẫu, Thành phố Hồ Chí Minh',
    });
  });
});

it('a card’s zone gives what its letters do not', () => {
  expect(
    read(`Đặc điểm nhân dạng / Personal identification: Nốt ruồi
Ngày, tháng, năm / Date, month, year: 01/05/2021
CỤC TRƯỞNG CỤC CẢNH SÁT QUẢN LÝ HÀNH CHÍNH
IDVNM0990012344001099001234<<5
9901018M3901016VNM<<<<<<<<<<<6
NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<`),
  ).toMatchObject({
    'holder.personNumber': '001099001234',
    'holder.birthDate': '1999-01-01',
    'holder.sex': 'Nam',
    'holder.validUntil': '2039-01-01',
  });
});
