import { specimenPerson } from '../people.ts';
import { signature, stamp } from './ink.ts';
import { cardLine, entry, head, sexName, signatures, slashed, spelled, upper } from './markup.ts';
import { a4, everything, type Paper } from './paper.ts';

const registrar = (agency: string, seed: number, name: string) => ({
  says: ['<b>NGƯỜI KÝ GIẤY KHAI SINH</b>', '<i>(Ký, ghi rõ họ tên, chức vụ và đóng dấu)</i>'],
  ink: signature(seed) + stamp(agency, 'TP. HỒ CHÍ MINH', 'left:4mm;top:-4mm'),
  name,
});

export function birthCertificate(): Paper {
  const [child, mother, father] = [specimenPerson('nhu'), specimenPerson('diem'), specimenPerson('nghia')];
  const parent = (who: 'mẹ' | 'cha', person: typeof mother) => `
${entry([`Họ, chữ đệm, tên người ${who}:`, person.fullName])}
${entry(['Năm sinh:', person.birthDate.slice(0, 4)], ['Dân tộc:', 'Kinh'], ['Quốc tịch:', 'Việt Nam'])}
${entry(['Nơi cư trú:', person.residence])}`;
  const html = `<div class="frame">${head(['ỦY BAN NHÂN DÂN', '<b>PHƯỜNG HOA MẪU</b>', 'Số: 412/2026'])}
<h1 class="red big">GIẤY KHAI SINH</h1>
${entry(['Họ, chữ đệm, tên:', upper(child.fullName)])}
${entry(['Ngày, tháng, năm sinh:', slashed(child.birthDate)])}
${entry(['Ghi bằng chữ:', 'Ngày hai mươi mốt, tháng tám, năm hai nghìn không trăm hai mươi sáu'])}
${entry(['Giới tính:', sexName(child)], ['Dân tộc:', 'Kinh'], ['Quốc tịch:', 'Việt Nam'])}
${entry(['Nơi sinh:', 'Bệnh viện Phụ sản Hoa Mẫu, Phường Hoa Mẫu, Thành phố Hồ Chí Minh'])}
${entry(['Quê quán:', 'Phường Hoa Mẫu, Thành phố Hồ Chí Minh'])}
${entry(['Số định danh cá nhân:', child.personNumber])}
${parent('mẹ', mother)}${parent('cha', father)}
${entry(['Họ, chữ đệm, tên người đi khai sinh:', mother.fullName])}
${entry(['Giấy tờ tùy thân:', cardLine(mother)])}
${entry(['Nơi đăng ký khai sinh:', 'Ủy ban nhân dân Phường Hoa Mẫu, Thành phố Hồ Chí Minh'])}
${entry(['Ngày, tháng, năm đăng ký:', '03/09/2026'])}
${signatures({ says: [] }, registrar('UBND PHƯỜNG HOA MẪU', 11, 'Vũ Đình Khuếch'))}</div>`;
  return { kind: 'birth-certificate', ...a4, html, subject: child, prints: everything };
}

export function marriageCertificate(): Paper {
  const [wife, husband] = [specimenPerson('diem'), specimenPerson('nghia')];
  const spouse = (title: string, person: typeof wife) => `<div class="col">
<p class="center"><b>${title}</b></p>
${entry(['Họ, chữ đệm, tên:', upper(person.fullName)])}
${entry(['Ngày, tháng, năm sinh:', slashed(person.birthDate)])}
${entry(['Dân tộc:', 'Kinh'])}${entry(['Quốc tịch:', 'Việt Nam'])}
${entry(['Nơi cư trú:', person.residence])}
${entry(['Giấy tờ tùy thân:', cardLine(person)])}</div>`;
  const html = `<div class="frame">${head(['ỦY BAN NHÂN DÂN', '<b>PHƯỜNG HOA MẪU</b>', 'Số: 96/2023'])}
<h1 class="red big">GIẤY CHỨNG NHẬN KẾT HÔN</h1>
<div class="columns wide">${spouse('VỢ', wife)}${spouse('CHỒNG', husband)}</div>
${entry(['Nơi đăng ký kết hôn:', 'Ủy ban nhân dân Phường Hoa Mẫu, Thành phố Hồ Chí Minh'])}
${entry(['Ngày, tháng, năm đăng ký:', '18/05/2023'])}
<p class="entry">Giấy chứng nhận kết hôn này có giá trị kể từ ngày đăng ký.</p>
${signatures(
  { says: ['<b>Vợ</b>', '<i>(Ký, ghi rõ họ, chữ đệm, tên)</i>'], ink: signature(21), name: wife.fullName },
  {
    says: ['<b>Chồng</b>', '<i>(Ký, ghi rõ họ, chữ đệm, tên)</i>'],
    ink: signature(22),
    name: husband.fullName,
  },
)}
${signatures({ says: [] }, { says: ['<b>NGƯỜI KÝ GIẤY CHỨNG NHẬN</b>', '<i>(Ký, ghi rõ họ tên, chức vụ và đóng dấu)</i>'], ink: signature(23) + stamp('UBND PHƯỜNG HOA MẪU', 'TP. HỒ CHÍ MINH', 'left:2mm;top:-3mm', 5), name: 'Vũ Đình Khuếch' })}</div>`;
  return { kind: 'marriage-certificate', ...a4, html, subject: wife, prints: everything };
}

export function maritalStatus(): Paper {
  const person = specimenPerson('duong');
  const html = `${head(
    ['ỦY BAN NHÂN DÂN', '<b>PHƯỜNG HOA MẪU</b>', 'Số: 1287/UBND-XNTTHN'],
    `<p class="center"><i>Phường Hoa Mẫu, ${spelled('2026-09-28')}</i></p>`,
  )}
<h1>GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN</h1>
<p class="center"><b>ỦY BAN NHÂN DÂN PHƯỜNG HOA MẪU</b></p>
<p class="entry">Căn cứ Luật Hộ tịch và các văn bản quy định chi tiết thi hành;</p>
<p class="entry">Xét đề nghị của bà ${person.fullName} về việc cấp Giấy xác nhận tình trạng hôn nhân,</p>
<p class="center"><b>XÁC NHẬN:</b></p>
${entry(['Họ, chữ đệm, tên:', upper(person.fullName)])}
${entry(['Ngày, tháng, năm sinh:', slashed(person.birthDate)])}
${entry(['Giới tính:', sexName(person)], ['Dân tộc:', 'Kinh'], ['Quốc tịch:', 'Việt Nam'])}
${entry(['Giấy tờ tùy thân:', cardLine(person)])}
${entry(['Nơi cư trú:', person.residence])}
${entry(['Tình trạng hôn nhân:', 'Hiện tại chưa đăng ký kết hôn với ai.'])}
<p class="entry just">Giấy này được cấp để sử dụng làm thủ tục đăng ký kết hôn với ông Trịnh Quốc Vượng, sinh ngày 05/12/1996, tại Ủy ban nhân dân Phường Thủy Mẫu, Thành phố Hồ Chí Minh. Giấy này có giá trị sử dụng trong thời hạn 06 tháng, kể từ ngày cấp.</p>
${signatures({ says: [] }, { says: ['<b>TM. ỦY BAN NHÂN DÂN</b>', '<b>KT. CHỦ TỊCH</b>', '<b>PHÓ CHỦ TỊCH</b>'], ink: signature(31) + stamp('UBND PHƯỜNG HOA MẪU', 'TP. HỒ CHÍ MINH', 'left:0;top:-2mm', -14), name: 'Vũ Đình Khuếch' })}`;
  return { kind: 'marital-status', ...a4, html, subject: person, prints: everything };
}

export function civilStatusExtract(): Paper {
  const person = specimenPerson('dau');
  const html = `${head(['ỦY BAN NHÂN DÂN', '<b>PHƯỜNG SƠN MẪU</b>', 'Số: 58/TLKT-BS'], `<p class="center"><i>Phường Sơn Mẫu, ${spelled('2026-04-20')}</i></p>`)}
<h1>TRÍCH LỤC KHAI TỬ</h1><p class="center"><b>(BẢN SAO)</b></p>
${entry(['Họ, chữ đệm, tên:', upper(person.fullName)])}
${entry(['Ngày, tháng, năm sinh:', slashed(person.birthDate)])}
${entry(['Giới tính:', sexName(person)], ['Dân tộc:', 'Kinh'], ['Quốc tịch:', 'Việt Nam'])}
${entry(['Số định danh cá nhân:', person.personNumber])}
${entry(['Đã chết vào lúc:', '04 giờ 35 phút, ngày 02 tháng 04 năm 2026'])}
${entry(['Nơi chết:', 'Số 5 Hẻm 41 Đường Sứ Trắng, Phường Sơn Mẫu, Thành phố Hồ Chí Minh'])}
${entry(['Nguyên nhân chết:', 'Bệnh lý, tuổi già'])}
${entry(['Số Giấy báo tử:', '17/GBT'], ['do:', 'Trạm Y tế Phường Sơn Mẫu'], ['cấp ngày:', '03/04/2026'])}
${entry(['Đăng ký khai tử tại:', 'Ủy ban nhân dân Phường Sơn Mẫu, Thành phố Hồ Chí Minh'])}
${entry(['Số:', '102'], ['Quyển số:', '01/2026'], ['ngày:', '06/04/2026'])}
<p class="entry">Trích lục này được sao từ Cơ sở dữ liệu hộ tịch điện tử.</p>
${signatures({ says: [] }, { says: ['<b>NGƯỜI KÝ TRÍCH LỤC</b>', '<b>CÔNG CHỨC TƯ PHÁP - HỘ TỊCH</b>'], ink: signature(41) + stamp('UBND PHƯỜNG SƠN MẪU', 'TP. HỒ CHÍ MINH', 'left:5mm;top:-2mm', 9), name: 'Lưu Thị Bích Thoa' })}`;
  return { kind: 'civil-status-extract', ...a4, html, subject: person, prints: everything };
}

export function deathCertificate(): Paper {
  const person = specimenPerson('dau');
  const html = `<div class="frame">${head(['ỦY BAN NHÂN DÂN', '<b>PHƯỜNG SƠN MẪU</b>', 'Số: 102/2026'])}
<h1 class="big">GIẤY CHỨNG TỬ</h1>
${entry(['Họ, chữ đệm, tên:', upper(person.fullName)])}
${entry(['Ngày, tháng, năm sinh:', slashed(person.birthDate)])}
${entry(['Giới tính:', sexName(person)], ['Dân tộc:', 'Kinh'], ['Quốc tịch:', 'Việt Nam'])}
${entry(['Nơi cư trú cuối cùng:', person.residence])}
${entry(['Số định danh cá nhân:', person.personNumber])}
${entry(['Đã chết vào lúc:', '04 giờ 35 phút, ngày 02 tháng 04 năm 2026'])}
${entry(['Nơi chết:', 'Số 5 Hẻm 41 Đường Sứ Trắng, Phường Sơn Mẫu, Thành phố Hồ Chí Minh'])}
${entry(['Nguyên nhân chết:', 'Bệnh lý, tuổi già'])}
${entry(['Giấy báo tử số:', '17/GBT'], ['cấp ngày:', '03/04/2026'])}
${entry(['Nơi đăng ký khai tử:', 'Ủy ban nhân dân Phường Sơn Mẫu, Thành phố Hồ Chí Minh'])}
${entry(['Ngày, tháng, năm đăng ký:', '06/04/2026'])}
${signatures({ says: [] }, { says: ['<b>NGƯỜI KÝ GIẤY CHỨNG TỬ</b>', '<i>(Ký, ghi rõ họ tên, chức vụ và đóng dấu)</i>'], ink: signature(161) + stamp('UBND PHƯỜNG SƠN MẪU', 'TP. HỒ CHÍ MINH', 'left:4mm;top:-4mm', 8), name: 'Lưu Thị Bích Thoa' })}</div>`;
  return { kind: 'death-certificate', ...a4, html, subject: person, prints: everything };
}
