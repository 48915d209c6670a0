import { entry, formHead, head, slashed, spelled, table, upper } from '../papers/markup.ts';
import { drawAddress, drawPerson, drawWard } from './people.ts';
import prose from './prose.json' with { type: 'json' };
import { type Scene, sexOf, signedBy, stampOf, writeParagraphs } from './scene.ts';

/** Papers that an office writes: two-column heads, capitals, tables, running text, stamps. */
export function certificate({ draw, stamped }: Scene): string {
  const person = drawPerson(draw);
  const parent = drawPerson(draw);
  const { ward, province } = drawWard(draw);
  const title = draw.one([
    'GIẤY CHỨNG TỬ',
    'GIẤY XÁC NHẬN NƠI CƯ TRÚ',
    'GIẤY CHỨNG NHẬN HỘ CẬN NGHÈO',
    'TRÍCH LỤC ĐĂNG KÝ NHẬN NUÔI CON NUÔI',
    'GIẤY XÁC NHẬN KHUYẾT TẬT',
    'TRÍCH LỤC KHAI SINH',
  ]);
  const rows = [
    entry([draw.one(['Họ và tên:', 'Họ, chữ đệm, tên:', 'Ông (bà):']), upper(person.fullName)]),
    entry(['Ngày, tháng, năm sinh:', slashed(person.birthDate)], ['Giới tính:', sexOf(person)]),
    entry(['Dân tộc:', person.people], ['Quốc tịch:', 'Việt Nam']),
    entry([draw.one(['Số định danh cá nhân:', 'Số CCCD:']), person.personNumber]),
    entry(['Nơi thường trú:', person.address]),
    entry([
      draw.one(['Họ, chữ đệm, tên người mẹ:', 'Họ tên chủ hộ:', 'Họ và tên người đại diện:']),
      draw.chance(0.5) ? upper(parent.fullName) : parent.fullName,
    ]),
    entry(['Quê quán:', drawAddress(draw)]),
    entry([draw.one(['Cơ quan cấp:', 'Nơi đăng ký:']), `Ủy ban nhân dân ${ward}, ${province}`]),
  ];
  const frame = draw.chance(0.5);
  const html = `${officeHead(draw, ward, province)}<h1 class="${draw.chance(0.6) ? 'red big' : ''}">${title}</h1>
<div class="over">${rows.join('')}${stamped ? stampOf(draw, ward, 'over') : ''}</div>${writeParagraphs(draw, frame ? 0 : draw.number(0, 2))}
${signedBy(draw, ['<b>TM. ỦY BAN NHÂN DÂN</b>', draw.one(['<b>CHỦ TỊCH</b>', '<b>KT. CHỦ TỊCH<br>PHÓ CHỦ TỊCH</b>'])], drawPerson(draw).fullName, stamped ? stampOf(draw, ward, 'signature') : '')}`;
  return frame ? `<div class="frame">${html}</div>` : html;
}

export function decision({ draw, stamped }: Scene): string {
  const { ward, province } = drawWard(draw);
  const person = drawPerson(draw);
  const bases = [0, 1, 2]
    .map(
      () =>
        `<p class="indent">${draw.chance(0.5) ? `<i>Căn cứ ${draw.one(prose.bases)};</i>` : `Căn cứ ${draw.one(prose.bases)};`}</p>`,
    )
    .join('');
  const about = draw.one([
    'trợ cấp xã hội hằng tháng',
    'công nhận hòa giải viên ở cơ sở',
    'thu hồi đất để xây dựng đường giao thông',
    'kiện toàn Ban Chỉ đạo phòng, chống thiên tai',
    'xử phạt vi phạm hành chính',
  ]);
  return `${officeHead(draw, ward, province)}<h1>QUYẾT ĐỊNH</h1><p class="center"><b>Về việc ${about}</b></p>
<p class="center"><b>CHỦ TỊCH ỦY BAN NHÂN DÂN ${upper(ward)}</b></p>${bases}
<p class="indent">Xét đề nghị của Trưởng phòng ${draw.one(['Văn hóa - Xã hội', 'Kinh tế, Hạ tầng và Đô thị', 'Nội vụ'])} tại Tờ trình số ${draw.number(2, 320)}/TTr-${draw.one(['VHXH', 'KTHT', 'NV'])},</p>
<p class="center"><b>QUYẾT ĐỊNH:</b></p><div class="over">
<p class="just indent"><b>Điều 1.</b> ${draw.one(['Quyết định đối với ông', 'Áp dụng đối với bà', 'Công nhận ông (bà)'])} ${person.fullName}, sinh ngày ${slashed(person.birthDate)}, số định danh cá nhân ${person.personNumber}, nơi cư trú: ${person.address}.</p>
<p class="just indent"><b>Điều 2.</b> ${draw.one(prose.sentences)}</p>${stamped ? stampOf(draw, ward, 'over') : ''}</div>
<p class="just indent"><b>Điều 3.</b> Chánh Văn phòng, Trưởng các phòng chuyên môn và ông (bà) có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này kể từ ngày ký./.</p>
${signedBy(draw, ['<b>CHỦ TỊCH</b>'], drawPerson(draw).fullName, stamped ? stampOf(draw, ward, 'signature') : '', ['<b><i>Nơi nhận:</i></b>', '- Như Điều 3;', '- Thường trực HĐND;', `- Lưu: VT, ${draw.one(['NV', 'KT', 'VHXH'])}.`])}`;
}

export function letter({ draw, stamped }: Scene): string {
  const { ward, province } = drawWard(draw);
  const to = draw.one([
    'Trưởng các thôn, tổ dân phố trên địa bàn;',
    'Hội Liên hiệp Phụ nữ;',
    'Trường Tiểu học và Trung học cơ sở;',
    'Chi nhánh Văn phòng đăng ký đất đai khu vực;',
  ]);
  return `${officeHead(draw, ward, province)}<div class="center addressees"><p>Kính gửi: ${to.replace(';', '')}</p></div>
<div class="over">${writeParagraphs(draw, draw.number(4, 7))}${stamped ? stampOf(draw, ward, 'over') : ''}</div>
${signedBy(draw, [draw.one(['<b>TL. CHỦ TỊCH</b>', '<b>KT. TRƯỞNG PHÒNG</b>', '<b>TRƯỞNG PHÒNG</b>'])], drawPerson(draw).fullName, stamped ? stampOf(draw, ward, 'signature') : '', ['<b><i>Nơi nhận:</i></b>', '- Như trên;', '- Lưu: VT.'])}`;
}

export function list({ draw, stamped }: Scene): string {
  const { ward, province } = drawWard(draw);
  const rows = Array.from({ length: draw.number(5, 11) }, (_, at) => {
    const person = drawPerson(draw);
    return [
      String(at + 1),
      person.fullName,
      slashed(person.birthDate),
      draw.one(['Thôn 2', 'Ấp 5', 'Tổ 14', 'Buôn Hằng', 'Khu phố 1']),
      draw.one(['Hộ nghèo', 'Người cao tuổi', 'Khuyết tật nặng', 'Trẻ mồ côi', 'Mới thoát nghèo']),
    ];
  });
  const columns = [
    'STT',
    draw.one(['Họ và tên', 'Họ tên người nhận']),
    'Ngày sinh',
    draw.one(['Địa chỉ', 'Nơi ở']),
    draw.one(['Ghi chú', 'Đối tượng']),
  ];
  return `${officeHead(draw, ward, province)}<h1>${draw.one(['DANH SÁCH ĐỀ NGHỊ HƯỞNG TRỢ CẤP', 'DANH SÁCH CỬ TRI BỔ SUNG', 'BẢNG TỔNG HỢP HỘ GIA ĐÌNH'])}</h1>
<p class="center"><i>(Kèm theo Công văn số ${draw.number(11, 900)}/UBND-VX của Ủy ban nhân dân ${ward})</i></p>
<div class="over">${table(columns, rows)}${stamped ? stampOf(draw, ward, 'over') : ''}</div>${writeParagraphs(draw, 1)}
${signedBy(draw, ['<b>NGƯỜI LẬP BẢNG</b>'], drawPerson(draw).fullName)}`;
}

/** Only among the test pages. */
export function authorisation({ draw }: Scene): string {
  const [giver, taker] = [drawPerson(draw), drawPerson(draw)];
  const party = (title: string, person: typeof giver) => `<p><b>${title}</b></p>
<p>Ông (bà): <b>${draw.chance(0.5) ? upper(person.fullName) : person.fullName}</b>, sinh năm ${person.birthDate.slice(0, 4)}</p>
<p>Căn cước số ${person.personNumber} do Bộ Công an cấp ngày ${slashed(draw.date(2022, 2026))}</p><p>Thường trú tại: ${person.address}</p>`;
  return `${formHead(draw.one(['GIẤY ỦY QUYỀN', 'HỢP ĐỒNG TẶNG CHO QUYỀN SỬ DỤNG ĐẤT', 'HỢP ĐỒNG CHUYỂN NHƯỢNG QUYỀN SỬ DỤNG ĐẤT', 'VĂN BẢN THỎA THUẬN PHÂN CHIA DI SẢN']), '')}
${party(draw.one(['BÊN ỦY QUYỀN (BÊN A):', 'I. BÊN CHUYỂN NHƯỢNG']), giver)}${party(draw.one(['BÊN ĐƯỢC ỦY QUYỀN (BÊN B):', 'II. BÊN NHẬN CHUYỂN NHƯỢNG']), taker)}
<p class="just indent">Thửa đất số ${draw.number(3, 700)}, tờ bản đồ số ${draw.number(1, 90)}, diện tích ${draw.number(60, 900)},${draw.number(1, 9)} m2, mục đích sử dụng: ${draw.one(['đất ở tại nông thôn', 'đất trồng cây lâu năm', 'đất ở tại đô thị'])}.</p>
${writeParagraphs(draw, draw.number(3, 5))}
${signedBy(draw, ['<b>BÊN B</b>', '<i>(Ký, điểm chỉ)</i>'], taker.fullName, '', ['<b>BÊN A</b>', '<i>(Ký, điểm chỉ)</i>'])}`;
}

/** Only among the test pages. */
export function minutes({ draw, stamped }: Scene): string {
  const { ward, province } = drawWard(draw);
  const attending = [0, 1, 2, 3]
    .map(
      (at) =>
        `<p>${at + 1}. ${draw.one(['Ông', 'Bà'])} ${drawPerson(draw).fullName} - ${draw.one(['Bí thư chi bộ', 'Trưởng thôn', 'Công chức địa chính', 'Phó Trưởng công an', 'Thư ký', 'Đại diện hộ dân'])}</p>`,
    )
    .join('');
  return `${officeHead(draw, ward, province)}<h1>${draw.one(['BIÊN BẢN XÁC MINH', 'BIÊN BẢN HỌP THÔN', 'BIÊN BẢN HÒA GIẢI TRANH CHẤP ĐẤT ĐAI'])}</h1>
<p class="just indent">Hôm nay, hồi ${draw.number(7, 16)} giờ ${draw.number(10, 50)} phút, ${spelled(draw.date(2025, 2026))}, tại ${drawAddress(draw)}, chúng tôi gồm:</p>
${attending}<div class="over">${writeParagraphs(draw, draw.number(2, 4))}${stamped ? stampOf(draw, ward, 'over') : ''}</div>
<p class="indent">Biên bản kết thúc vào lúc ${draw.number(9, 17)} giờ cùng ngày, đọc lại cho mọi người cùng nghe và ký tên.</p>
${signedBy(draw, ['<b>CHỦ TRÌ</b>'], drawPerson(draw).fullName, '', ['<b>THƯ KÝ</b>', '<b>ĐẠI DIỆN GIA ĐÌNH</b>'])}`;
}

function officeHead(draw: Scene['draw'], ward: string, province: string): string {
  const place = ward.replace(/^(?:Phường|Xã|Đặc khu) /, '');
  const left = draw.chance(0.5)
    ? [
        upper(province.replace(/^tỉnh /, 'UBND tỉnh ').replace(/^thành phố /i, 'UBND thành phố ')),
        `<b class="rule">${upper(`UBND ${ward}`)}</b>`,
      ]
    : ['ỦY BAN NHÂN DÂN', `<b>${upper(ward)}</b>`];
  const number = `Số: ${draw.number(1, 1900)}/${draw.one(['QĐ-UBND', 'GXN-UBND', 'UBND-VP', 'TB-UBND', 'BC-UBND'])}`;
  return head([...left, number], `<p class="center"><i>${place}, ${spelled(draw.date(2025, 2026))}</i></p>`);
}
