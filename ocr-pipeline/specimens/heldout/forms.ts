import { boxes, formHead, line, slashed, spelled, tick, upper } from '../papers/markup.ts';
import { type DrawnPerson, drawAddress, drawPerson, drawWard } from './people.ts';
import { type Scene, sexOf, signedBy, writeParagraphs } from './scene.ts';

/** Papers that people fill in over dotted leaders. */
export function application({ draw }: Scene): string {
  const person = drawPerson(draw);
  const { ward, province } = drawWard(draw);
  const title = draw.one([
    'ĐƠN XIN XÁC NHẬN HỘ NGHÈO',
    'ĐƠN ĐỀ NGHỊ CẤP GIẤY PHÉP XÂY DỰNG',
    'ĐƠN ĐĂNG KÝ BIẾN ĐỘNG ĐẤT ĐAI',
    'ĐƠN XIN TRỢ CẤP KHÓ KHĂN ĐỘT XUẤT',
    'ĐƠN ĐỀ NGHỊ HỖ TRỢ CHI PHÍ MAI TÁNG',
  ]);
  const rows = [
    line([draw.one(['Tôi tên là:', 'Tên tôi là:', 'Họ và tên:']), nameOf(draw.chance(0.5), person)]),
    line(
      [draw.one(['Sinh ngày:', 'Ngày sinh:']), slashed(person.birthDate), 'Giới tính:', sexOf(person)],
      [2, 1],
    ),
    line(
      [
        draw.one(['Số CCCD:', 'Số định danh:', 'Căn cước số:']),
        person.personNumber,
        'Cấp ngày:',
        slashed(draw.date(2021, 2026)),
      ],
      [2, 1],
    ),
    line([draw.one(['Hộ khẩu thường trú:', 'Nơi thường trú:', 'Địa chỉ:']), person.address]),
    line([
      'Điện thoại:',
      `09${draw.digits(2)} ${draw.digits(3)} ${draw.digits(3)}`,
      'Nghề nghiệp:',
      draw.one(['Làm ruộng', 'Buôn bán', 'Công nhân', 'Giáo viên', 'Nội trợ', 'Thợ mộc']),
    ]),
    line([
      'Lý do:',
      draw.one([
        'Nhà bị sập do bão',
        'Bổ sung hồ sơ vay vốn',
        'Hoàn cảnh neo đơn, bệnh nặng',
        'Sang tên cho con',
      ]),
    ]),
  ];
  return `${formHead(title, `${draw.one(['Ủy ban nhân dân', 'Chủ tịch Ủy ban nhân dân'])} ${ward}, ${province}`)}
<div class="form">${rows.join('')}</div>${writeParagraphs(draw, draw.number(1, 3))}
<p class="indent">Tôi xin chân thành cảm ơn./.</p>
${signedBy(draw, [`<i>${ward}, ${spelled(draw.date(2025, 2026))}</i>`, draw.one(['<b>NGƯỜI LÀM ĐƠN</b>', '<b>Người làm đơn</b>', '<b>NGƯỜI VIẾT ĐƠN</b>'])], person.fullName)}`;
}

export function declaration({ draw }: Scene): string {
  const person = drawPerson(draw);
  const other = drawPerson(draw);
  const { ward, province } = drawWard(draw);
  let row = 0;
  const at = () => `${++row}. `;
  const own = (who: string, someone: DrawnPerson) => `
${line([`${at()}${draw.one(['Họ và tên', 'Họ, chữ đệm và tên', 'Họ tên', 'Họ, chữ đệm, tên'])} ${who}:`, nameOf(draw.chance(0.6), someone)])}
${line(['Ngày, tháng, năm sinh:', slashed(someone.birthDate), 'Dân tộc:', someone.people], [2, 1])}
${draw.chance(0.5) ? `<p>Số định danh cá nhân: ${boxes(someone.personNumber)}</p>` : line(['Số định danh cá nhân:', someone.personNumber])}
${line([draw.one(['Nơi cư trú:', 'Nơi ở hiện tại:', 'Nơi thường trú:']), someone.address])}`;
  const title = draw.one([
    'TỜ KHAI ĐĂNG KÝ KHAI TỬ',
    'TỜ KHAI ĐĂNG KÝ NHẬN CHA, MẸ, CON',
    'TỜ KHAI ĐĂNG KÝ GIÁM HỘ',
    'TỜ KHAI THAY ĐỔI, CẢI CHÍNH HỘ TỊCH',
    'TỜ KHAI ĐỀ NGHỊ TRỢ GIÚP XÃ HỘI',
    'PHIẾU KHAI BÁO TẠM VẮNG',
  ]);
  return `${formHead(title, `Ủy ban nhân dân ${ward}, ${province}`)}
<div class="form">${own('người yêu cầu', person)}${own(draw.one(['người được giám hộ', 'người chết', 'người có yêu cầu', 'chủ hộ']), other)}
${line([`${at()}Quan hệ:`, draw.one(['Con trai', 'Cháu ngoại', 'Vợ', 'Anh ruột', 'Mẹ đẻ']), 'Số con:', String(draw.number(1, 5))])}
${line([`${at()}Đã đăng ký tại:`, `UBND ${ward}, ngày ${slashed(draw.date(1995, 2025))}`])}
<p class="choices">${tick(draw.one(['Đang hưởng lương hưu', 'Nhận tại nhà']), draw.chance(0.5))} ${tick(draw.one(['Không có thu nhập', 'Nhận qua bưu điện']), draw.chance(0.5))}</p></div>
<p class="just indent">${draw.one(['Tôi xin cam đoan những lời khai trên là đúng sự thật; nếu sai, tôi hoàn toàn chịu trách nhiệm.', 'Tôi cam đoan nội dung khai trên đây là đúng và chịu trách nhiệm trước pháp luật về cam đoan của mình.'])}</p>
${signedBy(draw, [`Làm tại: ${ward}, ${spelled(draw.date(2025, 2026))}`, '<b>Người khai</b>', '<i>(Ký, ghi rõ họ tên)</i>'], person.fullName)}`;
}

/** Only among the test pages. */
export function receiptForm({ draw }: Scene): string {
  const person = drawPerson(draw);
  const { ward, province } = drawWard(draw);
  return `${formHead('GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ', '')}
<div class="form">${line(['Mã hồ sơ:', `H${draw.digits(2)}.${draw.digits(2)}-${draw.digits(6)}-${draw.digits(4)}`])}
${line(['Bộ phận tiếp nhận và trả kết quả:', `${ward}, ${province}`])}
${line(['Tiếp nhận hồ sơ của:', nameOf(draw.chance(0.4), person)])}${line(['Địa chỉ:', drawAddress(draw)])}
${line(['Số điện thoại:', `03${draw.digits(8)}`, 'Email:', 'khach.hang@example.vn'])}
${line(['Nội dung yêu cầu giải quyết:', draw.one(['Chứng thực hợp đồng', 'Cấp đổi giấy chứng nhận', 'Đăng ký hộ kinh doanh', 'Xác nhận thời hạn sử dụng đất'])])}
<p>Thành phần hồ sơ nộp gồm:</p>${[1, 2, 3].map((at) => line([`${at}.`, draw.one(['Bản sao giấy chứng nhận quyền sử dụng đất', 'Hợp đồng tặng cho tài sản', 'Tờ khai lệ phí trước bạ', 'Trích đo địa chính thửa đất', 'Giấy khám sức khỏe'])])).join('')}
${line(['Thời gian nhận hồ sơ:', `${draw.number(8, 16)} giờ ${draw.number(10, 59)} phút`, 'ngày', slashed(draw.date(2025, 2026))])}</div>
${writeParagraphs(draw, 1)}
${signedBy(draw, ['<b>NGƯỜI TIẾP NHẬN HỒ SƠ</b>', '<i>(Ký và ghi rõ họ tên)</i>'], drawPerson(draw).fullName)}`;
}

function nameOf(capitals: boolean, person: DrawnPerson): string {
  return capitals ? upper(person.fullName) : person.fullName;
}
