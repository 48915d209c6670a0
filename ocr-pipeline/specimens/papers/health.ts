import { specimenPerson } from '../people.ts';
import { signature, stamp } from './ink.ts';
import { cardLine, head, line, sexName, signatures, slashed, spelled, upper } from './markup.ts';
import { a4, a5Landscape, everything, type Paper } from './paper.ts';

export function liveBirthNotice(): Paper {
  const mother = specimenPerson('diem');
  const html = `<div class="tight">${head(['SỞ Y TẾ TP. HỒ CHÍ MINH', '<b>BỆNH VIỆN PHỤ SẢN HOA MẪU</b>', 'Số: 2608/GCS'])}
<h1>GIẤY CHỨNG SINH</h1>
${line(['Họ và tên mẹ:', upper(mother.fullName), 'Sinh ngày:', slashed(mother.birthDate)], [2, 1])}
${line(['Số định danh cá nhân:', mother.personNumber, 'Dân tộc:', 'Kinh'], [2, 1])}
${line(['Nơi cư trú:', mother.residence])}
${line(['Đã sinh con vào lúc:', '09 giờ 42 phút, ngày 21 tháng 08 năm 2026'])}
${line(['Tại:', 'Bệnh viện Phụ sản Hoa Mẫu'])}
${line(['Số con trong lần sinh này:', '01', 'Giới tính của con:', 'Nữ', 'Cân nặng:', '3.150 gram'])}
${line(['Tình trạng của con:', 'Khỏe mạnh', 'Dự định đặt tên con:', 'Đặng Nguyễn Quỳnh Như'], [1, 2])}
${signatures(
  { says: ['<b>Mẹ hoặc người thân</b>'], ink: signature(101), name: mother.fullName },
  { says: ['<b>Người đỡ đẻ</b>'], ink: signature(102, '#222'), name: 'Tạ Thị Nguyệt' },
  {
    says: ['<b>Thủ trưởng cơ sở</b>'],
    ink: signature(103) + stamp('BỆNH VIỆN PHỤ SẢN', 'HOA MẪU', 'left:0;top:-8mm', 6),
    name: 'BS. Ngô Khắc Huấn',
  },
)}</div>`;
  return { kind: 'live-birth-notice', ...a5Landscape, html, subject: mother, prints: everything };
}

export function deathNotice(): Paper {
  const person = specimenPerson('dau');
  const html = `${head(['UBND PHƯỜNG SƠN MẪU', '<b>TRẠM Y TẾ</b>', 'Số: 17/GBT'], `<p class="center"><i>Phường Sơn Mẫu, ${spelled('2026-04-03')}</i></p>`)}
<h1>GIẤY BÁO TỬ</h1>
<div class="form">${line(['Họ, chữ đệm, tên người chết:', upper(person.fullName)])}
${line(['Ngày, tháng, năm sinh:', slashed(person.birthDate), 'Giới tính:', sexName(person)], [2, 1])}
${line(['Dân tộc:', 'Kinh', 'Quốc tịch:', 'Việt Nam'])}
${line(['Số định danh cá nhân:', person.personNumber])}
${line(['Nơi cư trú cuối cùng:', person.residence.replace(/, TP\..*/, '')])}
${line(['Giấy tờ tùy thân:', cardLine(person)])}
${line(['Đã chết vào lúc:', '04 giờ 35 phút, ngày 02 tháng 04 năm 2026'])}
${line(['Nơi chết:', 'Số 5 Hẻm 41 Đường Sứ Trắng, Phường Sơn Mẫu'])}
${line(['Nguyên nhân chết:', 'Suy hô hấp trên nền bệnh lý tuổi già'])}
${line(['Họ, chữ đệm, tên người thân thích:', specimenPerson('le').fullName, 'Quan hệ:', 'Con'], [3, 1])}</div>
<p class="just indent">Giấy báo tử này được cấp để người thân thích của người chết thực hiện thủ tục đăng ký khai tử theo quy định của pháp luật về hộ tịch.</p>
${signatures({ says: ['<b>NGƯỜI LẬP GIẤY</b>'], ink: signature(111, '#222'), name: 'Thái Ngọc Ẩn' }, { says: ['<b>TRƯỞNG TRẠM</b>', '<i>(Ký, ghi rõ họ tên và đóng dấu)</i>'], ink: signature(112) + stamp('TRẠM Y TẾ', 'PHƯỜNG SƠN MẪU', 'left:4mm;top:-3mm', -20), name: 'Đỗ Thị Quyên' })}`;
  return { kind: 'death-notice', ...a4, html, subject: person, prints: everything };
}
