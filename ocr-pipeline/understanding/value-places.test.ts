import { describe, expect, it } from 'vitest';
import { understandPage } from './understand-page.ts';
import { kinds, page, TODAY, understand, valuesOf } from './understanding-test-bench.ts';

const read = (text: string) => valuesOf(understand(text).fields);
const person = (...lines: string[]) =>
  read(['ĐƠN ĐỀ NGHỊ', 'Kính gửi: UBND phường Mẫu', ...lines].join('\n'));

describe('a value', () => {
  it('stands below its label where two labels share a line', () => {
    const { fields } = understand(`CĂN CƯỚC
IDENTITY CARD
Ngày, tháng, năm sinh / Date of birth     Giới tính / Sex
01104/1985                                Nữ
Quốc tịch / Nationality`);
    expect(valuesOf(fields)).toMatchObject({ 'holder.birthDate': '1985-04-01', 'holder.sex': 'Nữ' });
    // Each with its own words for a picture.
    expect(fields.find(({ name }) => name === 'holder.sex')?.box.width).toBe(24);
  });

  it('goes on below print that stands beside it', () => {
    const lines = page(`CĂN CƯỚC CÔNG DÂN
Citizen Identity Card
                   Nơi thường trú / Place of residence: Buôn Akô Dhông,
Có giá trị đến:
                   phường Tân Lợi, tỉnh Đắk Lắk`);
    const raised = lines.map(({ words }, row) => ({
      words: words.map((word) => ({
        ...word,
        box: { ...word.box, y: word.box.y - Math.max(0, row - 2) * 25 },
      })),
    }));
    const card = understandPage({ lines: raised, codes: [], width: 1_011, height: 638 }, kinds, TODAY);
    expect(valuesOf(card.fields)['holder.residence']).toBe('Buôn Akô Dhông, phường Tân Lợi, tỉnh Đắk Lắk');
  });

  it('stands behind what a form says in brackets', () => {
    expect(
      person(
        'Tôi là (ghi họ tên bằng chữ in hoa): TRƯƠNG ÁI LIÊN Giới tính: Nữ',
        'Nơi cư trú: (2) Kiệt 22, phường Kim Long',
      ),
    ).toMatchObject({
      'requester.fullName': 'TRƯƠNG ÁI LIÊN',
      'requester.residence': 'Kiệt 22, phường Kim Long',
    });
  });

  it('ends before “Nam/Nữ” and before a numbered label', () => {
    expect(person('Tôi tên là: Lưu Đức Hòa Nam/Nữ: Nam')).toMatchObject({
      'requester.fullName': 'Lưu Đức Hòa',
      'requester.sex': 'Nam',
    });
    expect(
      read(`GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT
a) Thửa đất số: 412
b) Địa chỉ thửa đất: Khu 5, phường Trần Hưng Đạo,
c) Diện tích: 96,4 m?
đ) Mục đích sử dụng: Đất ở tại đô thị
e) Thời hạn sử dụng: Đến ngày 15/10/2063`),
    ).toMatchObject({
      landAddress: 'Khu 5, phường Trần Hưng Đạo',
      area: '96,4 m²',
      landPurpose: 'Đất ở tại đô thị',
      landTerm: 'Đến ngày 15/10/2063',
    });
  });

  it('that is a text may hold the words of a label', () => {
    const scope = 'Nhận trích lục khai sinh tại phường Mẫu';
    expect(read(`GIẤY ỦY QUYỀN\nNội dung ủy quyền: ${scope}\nThời hạn ủy quyền: 3 tháng`)).toMatchObject({
      scope,
      term: '3 tháng',
    });
  });

  it('is none where a label’s words are part of a heading', () => {
    const fields = read('HỢP ĐỒNG LAO ĐỘNG\nBên A\nBên B\nĐiều 1. Thời hạn và công việc');
    expect(fields).not.toHaveProperty('term');
  });

  it('is a birth date without “ngày” too, and with strokes that were misread', () => {
    for (const date of ['20 tháng 5 năm 1997', '20/05!I1997', '20⁄5/1997', '20I05I1997', '20/5I1997'])
      expect(person('Tôi tên là: Lò Thị Hiên', `Sinh ngày: ${date}`)).toMatchObject({
        'requester.birthDate': '1997-05-20',
      });
  });

  it('is a year where no day is given', () => {
    expect(person('Tôi tên là: Lò Thị Hiên Sinh năm: 1997')).toMatchObject({ 'requester.birthYear': '1997' });
    const both = person('Tôi tên là: Lò Thị Hiên', 'Sinh ngày: 20/05/1997', 'Năm sinh: 1997');
    expect(both).not.toHaveProperty('requester.birthYear');
  });

  it('that is a house number has its stroke, a number of a book nothing more', () => {
    expect(person('Tôi tên là: Lê Ý', 'Địa chỉ: 215I12 Lê Văn Lương')).toMatchObject({
      'requester.residence': '215/12 Lê Văn Lương',
    });
    const notice = 'GIẤY BÁO TỬ\nĐã tử vong lúc: 18 giờ, ngày 18 tháng 5 năm 2026';
    expect(read(`Số: 318/GBT\nPhường Mẫu, ngày 19 tháng 5 năm 2026\n${notice}`)).toMatchObject({
      registerNumber: '318/GBT',
      documentDate: '2026-05-19',
      'deceased.deathDate': '2026-05-18',
    });
  });

  it('of a known list is found in its right spelling, a title is none', () => {
    const diploma = read(`BẰNG TỐT NGHIỆP TRUNG HỌC PHỔ THÔNG
Cho: Đặng Đăng Khoa
Xếp loại tốt nghiệp: Khá
Số vào sổ cấp bằng: 118/THPT`);
    expect(diploma).toMatchObject({ grade: 'Khá', bookNumber: '118/THPT' });
    expect(
      read('GIẤY KHAI SINH\nHọ, chữ đệm, tên: H’Lan Niê\nDân tộc: ÊĐê Quốc tịch: Việt Nam'),
    ).toMatchObject({
      'child.ethnicity': 'Ê Đê',
    });
  });

  it('ends before a label that nobody foresaw, a heading, and a signature at the right', () => {
    const death = `GIẤY CHỨNG TỬ
Họ, chữ đệm, tên: QUÁCH PHỤNG CHI
Nơi cư trú cuối cùng: 210 Lâm Quang Ky, phường Rạch Giá, tỉnh An Giang
`;
    const residence = '210 Lâm Quang Ky, phường Rạch Giá, tỉnh An Giang';
    for (const below of [
      'Hưởng dương: 88 tuổi, tại nhà riêng của gia đình ở phường Rạch Giá',
      'IV. CAM KẾT',
      '1. Thông tin người đề nghị và những thành viên khác trong hộ gia đình',
      '                                            Trưởng phòng tư pháp',
    ])
      expect(read(death + below), below).toMatchObject({ 'deceased.residence': residence });
  });

  it('goes on in the middle of its column where lines are centred', () => {
    expect(
      read(`ỦY BAN NHÂN DÂN PHƯỜNG MẪU
V/v phối hợp xác minh tình trạng
            hôn nhân
Kính gửi: Ủy ban nhân dân phường Thanh Khê, thành phố Đà Nẵng
Căn cứ Nghị định số 123/2015/NĐ-CP ngày 15/11/2015
Nơi nhận: Lưu VT`),
    ).toMatchObject({ title: 'phối hợp xác minh tình trạng hôn nhân' });
  });

  it('stands behind its label in a second language', () => {
    expect(
      read(`TRÍCH LỤC KHAI SINH (BẢN SAO)
Số/No: 12/TLKS-BS
Họ, chữ đệm, tên người mẹ/Mother’s full name: NGUYỄN THỊ LAN HƯƠNG
Năm sinh/Year of birth: 1992 Dân tộc/Ethnic group: Kinh
Nơi cư trú/Residence: Thôn Bồng Trung, xã Biện Thượng`),
    ).toMatchObject({
      registerNumber: '12/TLKS-BS',
      'mother.fullName': 'NGUYỄN THỊ LAN HƯƠNG',
      'mother.birthYear': '1992',
      'mother.ethnicity': 'Kinh',
      'mother.residence': 'Thôn Bồng Trung, xã Biện Thượng',
    });
  });

  it('is a misread date behind the second language too', () => {
    const back = `Đặc điểm nhân dạng / Personal identification
Ngày, tháng, năm / Dafe, month, year: 09I09/2022
CỤC TRƯỞNG CỤC CẢNH SÁT QUẢN LÝ HÀNH CHÍNH`;
    expect(read(back)).toMatchObject({ 'holder.issueDate': '2022-09-09' });
  });

  it('stands behind a label of several words, whose last is no label of its own', () => {
    expect(
      read(`GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN
UBND phường Mẫu xác nhận:
Ông: VÕ AN
CCCD/Hộ chiếu số: 048066001008
Tình trạng hôn nhân: Chưa kết hôn`),
    ).toMatchObject({
      'holder.fullName': 'VÕ AN',
      'holder.personNumber': '048066001008',
      'holder.maritalStatus': 'Chưa kết hôn',
    });
    expect(
      read(`TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN
Họ, chữ đệm, tên người yêu cầu: Hồ Ngọc Quyên
Quan hệ với người được cấp Giấy XNTTHN: Chính chủ`),
    ).toMatchObject({ 'requester.relation': 'Chính chủ' });
  });

  it('is no part of a unit: the 2 of m2 is no area', () => {
    const fields = read('GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT\nSố thửa   Diện tích (m2)   Thời hạn');
    expect(fields).not.toHaveProperty('area');
  });

  it('is doubted where an address was cut off', () => {
    const check = (address: string) =>
      understand(`ĐƠN ĐỀ NGHỊ\nTôi tên là: Lê Ý\nĐịa chỉ: ${address}`).fields.find(
        ({ name }) => name === 'requester.residence',
      )?.check.outcome;
    expect(check('Số 3 Lạch')).toBe('failed');
    expect(check('Số 3 Lạch Tray, phường Gia Viên')).toBe('none');
    expect(check('Bản Hụm, xã Chiềng Xôm')).toBe('none');
  });

  it('on a card needs no label for its number', () => {
    expect(read('CĂN CƯỚC CÔNG DÂN\nCitizen Identity Card\nsø/ xo: 066087004521')).toMatchObject({
      'holder.personNumber': '066087004521',
    });
  });
});

describe('persons', () => {
  it('are addressed at the start of a line or behind a colon', () => {
    const contract = read(`HỢP ĐỒNG LAO ĐỘNG
BÊN A: NGƯỜI SỬ DỤNG LAO ĐỘNG
Đại diện: Ông Ngô Đình Đạt Chức vụ: Giám đốc
BÊN B: NGƯỜI LAO ĐỘNG
Bà Lò Thị Hiên, sinh năm 1997, CCCD 014197002259`);
    expect(contract).toMatchObject({
      'partyA.fullName': 'Ngô Đình Đạt',
      'partyB.fullName': 'Lò Thị Hiên',
      'partyB.birthYear': '1997',
      'partyB.personNumber': '014197002259',
    });
  });

  it('may be called Việt Nam', () => {
    expect(person('Tôi tên là: Nguyễn Việt Nam', 'Giới tính: Nam')).toMatchObject({
      'requester.fullName': 'Nguyễn Việt Nam',
      'requester.sex': 'Nam',
    });
  });

  it('of one part are kept apart: what stands behind the second name is not the first one’s', () => {
    const certificate = read(`GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT
Người sử dụng đất
Ông: BÙI QUỐC HƯNG
Năm sinh: 1973, CMND số: 141772903
Và vợ là bà: PHAN THỊ HẰNG
Năm sinh: 1976, CCCD số: 030176004420
Cùng thường trú tại: 88 Trần Hưng Đạo`);
    expect(certificate).toMatchObject({
      'owner.fullName': 'BÙI QUỐC HƯNG',
      'owner.birthYear': '1973',
      'owner.residence': '88 Trần Hưng Đạo',
    });
    // Nine digits are an older card's.
    expect(certificate).not.toHaveProperty('owner.personNumber');
  });

  it('have parts that a heading may name in its midst, and what is read of one is not another’s', () => {
    const lease = read(`HỢP ĐỒNG THUÊ PHÒNG TRỌ
1. Đại diện bên cho thuê phòng trọ (Bên A):
Ông/bà: Võ An Sinh ngày: 5/2/1966
2. Bên thuê phòng trọ (Bên B):
Ông/bà: Hồ Ngọc Quyên Sinh ngày: 20/10/2000`);
    expect(lease).toMatchObject({
      'partyA.fullName': 'Võ An',
      'partyA.birthDate': '1966-02-05',
      'partyB.birthDate': '2000-10-20',
    });
    const parentage = read(`TRÍCH LỤC
ĐĂNG KÝ NHẬN CHA, MẸ, CON
Họ, chữ đệm, tên: GIÀNG A PÁO
Ngày, tháng, năm sinh: 24/12/1994
Là cha của người có tên dưới đây:
Họ, chữ đệm, tên: SÙNG MÍ TÚA
Giới tính: Nam`);
    expect(parentage).toMatchObject({ 'holder.fullName': 'GIÀNG A PÁO', 'holder.birthDate': '1994-12-24' });
    expect(parentage).not.toHaveProperty('holder.sex');
  });

  it('that are not on the paper are given nothing of another', () => {
    const fields = read(`TRÍCH LỤC KHAI SINH
Họ, chữ đệm, tên: H’LAN NIÊ KDĂM
Số định danh cá nhân: 066325000214
Nơi đăng ký khai sinh: Phường Mẫu`);
    expect(Object.keys(fields)).toEqual(['child.fullName', 'child.personNumber', 'registrationPlace']);
  });

  it('side by side may have their headings as labels, or a row that is no field', () => {
    const columns = `GIẤY CHỨNG NHẬN KẾT HÔN
Họ, chữ đệm, tên vợ:                 Họ, chữ đệm, tên chồng:
VŨ HÀ MY                             BÙI QUỐC HƯNG
Ngày, tháng, năm sinh: 31/03/1999    Ngày, tháng, năm sinh: 17/02/1973
Dân tộc: Kinh                        Dân tộc: Kinh
Nơi đăng ký kết hôn: Phường Mẫu`;
    expect(read(columns)).toMatchObject({
      'wife.fullName': 'VŨ HÀ MY',
      'husband.fullName': 'BÙI QUỐC HƯNG',
      'husband.birthDate': '1973-02-17',
    });
    const old = `GIẤY KHAI SINH
Họ và tên: Trương Gia Hân
Phần khai về cha mẹ     NGƯỜI MẸ           NGƯỜI CHA
Họ và tên               Lý Thị Sáu         Trương Văn Bền
Tuổi                    29                 33
Dân tộc                 Kinh               Kinh
Đăng ký ngày: 21/6/1999`;
    expect(read(old)).toMatchObject({
      'child.fullName': 'Trương Gia Hân',
      'mother.fullName': 'Lý Thị Sáu',
      'father.fullName': 'Trương Văn Bền',
      registrationDate: '1999-06-21',
    });
  });
});
