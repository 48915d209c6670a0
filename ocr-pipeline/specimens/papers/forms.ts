import { specimenPerson } from '../people.ts';
import { signature } from './ink.ts';
import { cardLine, formHead, line, sexName, signatures, slashed, spelled, table } from './markup.ts';
import { a4, everything, type Paper } from './paper.ts';

const declaration =
  '<p class="just indent">Tôi cam đoan nội dung khai trên đây là đúng sự thật, được sự thỏa thuận nhất trí của các bên liên quan theo quy định pháp luật và chịu hoàn toàn trách nhiệm trước pháp luật về nội dung cam đoan của mình.</p>';

const place = (ward: string, date: string) => `<i>Làm tại: ${ward}, ${spelled(date)}</i>`;

export function birthRegistrationForm(): Paper {
  const [child, mother, father] = [specimenPerson('nhu'), specimenPerson('diem'), specimenPerson('nghia')];
  const parent = (who: string, person: typeof mother) => `
${line([`Họ, chữ đệm, tên người ${who}:`, person.fullName])}
${line(['Năm sinh:', person.birthDate.slice(0, 4), 'Dân tộc:', 'Kinh', 'Quốc tịch:', 'Việt Nam'])}
${line(['Nơi cư trú:', person.residence])}`;
  const html = `<div class="form">${formHead('TỜ KHAI ĐĂNG KÝ KHAI SINH', 'Ủy ban nhân dân Phường Hoa Mẫu, TP. Hồ Chí Minh')}
${line(['Họ, chữ đệm, tên người yêu cầu:', mother.fullName])}
${line(['Ngày, tháng, năm sinh:', slashed(mother.birthDate), 'Số định danh cá nhân:', mother.personNumber])}
${line(['Nơi cư trú:', mother.residence])}
${line(['Giấy tờ tùy thân:', cardLine(mother)])}
${line(['Quan hệ với người được khai sinh:', 'Mẹ'])}
<p><b>Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:</b></p>
${line(['Họ, chữ đệm, tên:', child.fullName])}
${line(['Ngày, tháng, năm sinh:', slashed(child.birthDate), 'ghi bằng chữ:', 'ngày hai mươi mốt,'], [1, 2])}
${line(['', 'tháng tám, năm hai nghìn không trăm hai mươi sáu'])}
${line(['Giới tính:', sexName(child), 'Dân tộc:', 'Kinh', 'Quốc tịch:', 'Việt Nam'])}
${line(['Nơi sinh:', 'Bệnh viện Phụ sản Hoa Mẫu, Phường Hoa Mẫu, TP. Hồ Chí Minh'])}
${line(['Quê quán:', 'Phường Hoa Mẫu, TP. Hồ Chí Minh'])}
${parent('mẹ', mother)}${parent('cha', father)}
${declaration}
${line(['Đề nghị cấp bản sao:', 'Có', 'Số lượng:', '03 bản'])}
${signatures({ says: [] }, { says: [place('Phường Hoa Mẫu', '2026-09-03'), '<b>Người yêu cầu</b>', '<i>(Ký, ghi rõ họ, chữ đệm, tên)</i>'], ink: signature(51), name: mother.fullName })}</div>`;
  return { kind: 'birth-registration-form', ...a4, html, subject: mother, prints: everything };
}

export function marriageRegistrationForm(): Paper {
  const [groom, bride] = [specimenPerson('vuong'), specimenPerson('duong')];
  const rows = [
    ['Họ, chữ đệm, tên', bride.fullName, groom.fullName],
    ['Ngày, tháng, năm sinh', slashed(bride.birthDate), slashed(groom.birthDate)],
    ['Dân tộc', 'Kinh', 'Kinh'],
    ['Quốc tịch', 'Việt Nam', 'Việt Nam'],
    ['Nơi cư trú', bride.residence, groom.residence],
    ['Giấy tờ tùy thân', cardLine(bride), cardLine(groom)],
    ['Số định danh cá nhân', bride.personNumber, groom.personNumber],
    ['Kết hôn lần thứ mấy', 'Lần thứ nhất', 'Lần thứ nhất'],
  ];
  const html = `<div class="form">${formHead('TỜ KHAI ĐĂNG KÝ KẾT HÔN', 'Ủy ban nhân dân Phường Thủy Mẫu, TP. Hồ Chí Minh')}
${line(['Họ, chữ đệm, tên người yêu cầu:', groom.fullName])}
${line(['Ngày, tháng, năm sinh:', slashed(groom.birthDate), 'Số điện thoại:', '0900 000 123'])}
${table(['Thông tin', 'Bên nữ', 'Bên nam'], rows)}
${declaration}
<p>Chúng tôi đề nghị quý cơ quan đăng ký kết hôn theo quy định.</p>
${line(['Đề nghị cấp bản sao:', 'Có', 'Số lượng:', '02 bản'])}
<p class="right">${place('Phường Thủy Mẫu', '2026-10-05')}</p>
${signatures(
  {
    says: ['<b>Bên nữ</b>', '<i>(Ký, ghi rõ họ, chữ đệm, tên)</i>'],
    ink: signature(61),
    name: bride.fullName,
  },
  {
    says: ['<b>Bên nam</b>', '<i>(Ký, ghi rõ họ, chữ đệm, tên)</i>'],
    ink: signature(62, '#222'),
    name: groom.fullName,
  },
)}</div>`;
  return { kind: 'marriage-registration-form', ...a4, html, subject: groom, prints: everything };
}

export function extractRequestForm(): Paper {
  const [daughter, father] = [specimenPerson('le'), specimenPerson('dau')];
  const html = `<div class="form">${formHead('TỜ KHAI CẤP BẢN SAO TRÍCH LỤC HỘ TỊCH', 'Ủy ban nhân dân Phường Sơn Mẫu, TP. Hồ Chí Minh')}
${line(['Họ, chữ đệm, tên người yêu cầu:', daughter.fullName])}
${line(['Ngày, tháng, năm sinh:', slashed(daughter.birthDate), 'Giới tính:', sexName(daughter)], [2, 1])}
${line(['Nơi cư trú:', daughter.residence])}
${line(['Giấy tờ tùy thân:', cardLine(daughter)])}
${line(['Quan hệ với người được cấp bản sao trích lục:', 'Con gái'])}
<p><b>Đề nghị cơ quan cấp bản sao trích lục hộ tịch cho người có tên dưới đây:</b></p>
${line(['Loại việc hộ tịch:', 'Khai tử'])}
${line(['Họ, chữ đệm, tên:', father.fullName])}
${line(['Ngày, tháng, năm sinh:', slashed(father.birthDate)])}
${line(['Giới tính:', sexName(father), 'Dân tộc:', 'Kinh', 'Quốc tịch:', 'Việt Nam'])}
${line(['Nơi cư trú:', father.residence])}
${line(['Số định danh cá nhân:', father.personNumber])}
${line(['Đã đăng ký tại:', 'Ủy ban nhân dân Phường Sơn Mẫu, TP. Hồ Chí Minh'])}
${line(['Số:', '102', 'Quyển số:', '01/2026', 'Ngày đăng ký:', '06/04/2026'])}
${line(['Số lượng bản sao đề nghị cấp:', '05 bản'])}
<p class="just indent">Tôi cam đoan những nội dung khai trên đây là đúng sự thật và chịu trách nhiệm trước pháp luật về cam đoan của mình.</p>
${signatures({ says: [] }, { says: [place('Phường Sơn Mẫu', '2026-04-20'), '<b>Người yêu cầu</b>', '<i>(Ký, ghi rõ họ, chữ đệm, tên)</i>'], ink: signature(71), name: daughter.fullName })}</div>`;
  return { kind: 'extract-request-form', ...a4, html, subject: daughter, prints: everything };
}

export function businessRegistrationForm(): Paper {
  const owner = specimenPerson('le');
  const html = `<div class="form">${formHead('GIẤY ĐỀ NGHỊ ĐĂNG KÝ HỘ KINH DOANH', 'Ủy ban nhân dân Phường Sơn Mẫu, TP. Hồ Chí Minh')}
${line(['Tôi là:', owner.fullName, 'Giới tính:', sexName(owner)], [3, 1])}
${line(['Sinh ngày:', slashed(owner.birthDate), 'Dân tộc:', 'Kinh', 'Quốc tịch:', 'Việt Nam'])}
${line(['Số định danh cá nhân:', owner.personNumber])}
${line(['Địa chỉ thường trú:', owner.residence.replace(/, TP\..*/, '')])}
${line(['Điện thoại:', '0900 000 789', 'Email:', 'le.mau@example.vn'])}
<p><b>Đăng ký hộ kinh doanh với các nội dung sau:</b></p>
${line(['1. Tên hộ kinh doanh:', 'TIỆM BÁNH MỸ LỆ MẪU'])}
${line(['2. Trụ sở hộ kinh doanh:', '5 Hẻm 41 Đường Sứ Trắng, Phường Sơn Mẫu'])}
${line(['3. Ngành, nghề kinh doanh:', 'Bán lẻ bánh ngọt trong cửa hàng'])}
${line(['4. Vốn kinh doanh:', '150.000.000 đồng'])}
${line(['5. Số lượng lao động:', '03 người'])}
<p class="just indent">Tôi xin cam đoan bản thân không thuộc diện pháp luật cấm kinh doanh và chịu trách nhiệm trước pháp luật về tính hợp pháp, chính xác, trung thực của nội dung đăng ký trên.</p>
${signatures({ says: [] }, { says: [place('Phường Sơn Mẫu', '2026-10-19'), '<b>CHỦ HỘ KINH DOANH</b>', '<i>(Ký, ghi rõ họ tên)</i>'], ink: signature(191), name: owner.fullName })}</div>`;
  return { kind: 'business-registration-form', ...a4, html, subject: owner, prints: everything };
}
