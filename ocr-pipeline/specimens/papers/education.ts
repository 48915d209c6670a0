import { specimenPerson } from '../people.ts';
import { signature, stamp } from './ink.ts';
import { entry, head, sexName, signatures, slashed, spelled, table, upper } from './markup.ts';
import { a4, a4Landscape, everything, type Paper } from './paper.ts';

export function diploma(): Paper {
  const person = specimenPerson('vy');
  const html = `<div class="frame gold">${head(['BỘ GIÁO DỤC VÀ ĐÀO TẠO', '<b>TRƯỜNG ĐẠI HỌC KỸ THUẬT AN MẪU</b>'])}
<p class="center">HIỆU TRƯỞNG TRƯỜNG ĐẠI HỌC KỸ THUẬT AN MẪU</p>
<p class="center">cấp</p>
<h1 class="red big">BẰNG KỸ SƯ</h1>
<div class="middle">${entry(['Ngành:', 'Kỹ thuật phần mềm'])}
${entry(['Cho:', `Ông ${upper(person.fullName)}`])}
${entry(['Ngày sinh:', slashed(person.birthDate)])}
${entry(['Năm tốt nghiệp:', '2026'], ['Xếp loại tốt nghiệp:', 'Giỏi'])}
${entry(['Hình thức đào tạo:', 'Chính quy'])}</div>
${signatures({ says: ['Số hiệu: AM 0026418', 'Số vào sổ gốc cấp văn bằng: 326/2026/KS'] }, { says: [`<i>TP. Hồ Chí Minh, ${spelled('2026-07-15')}</i>`, '<b>HIỆU TRƯỞNG</b>'], ink: signature(121) + stamp('TRƯỜNG ĐẠI HỌC KỸ THUẬT', 'AN MẪU', 'left:6mm;top:-7mm', -11), name: 'GS.TS. Hoàng Tuấn Kiệt' })}</div>`;
  return { kind: 'diploma', ...a4Landscape, html, subject: person, prints: ['fullName', 'birthDate'] };
}

const marks: readonly (readonly [string, number, number, string])[] = [
  ['Giải tích 1', 4, 7.8, 'B+'],
  ['Đại số tuyến tính', 3, 8.4, 'B+'],
  ['Vật lý đại cương', 4, 7.1, 'B'],
  ['Triết học Mác - Lênin', 3, 8.0, 'B+'],
  ['Pháp luật đại cương', 2, 9.2, 'A+'],
  ['Nhập môn lập trình', 4, 9.5, 'A+'],
  ['Cấu trúc dữ liệu và giải thuật', 4, 8.9, 'A'],
  ['Cơ sở dữ liệu', 3, 9.0, 'A+'],
  ['Hệ điều hành', 3, 8.2, 'B+'],
  ['Mạng máy tính', 3, 7.6, 'B'],
  ['Xác suất thống kê', 3, 8.5, 'A'],
  ['Phân tích và thiết kế hệ thống', 3, 8.8, 'A'],
  ['Kiểm thử phần mềm', 3, 9.1, 'A+'],
  ['Tiếng Anh chuyên ngành', 3, 8.3, 'B+'],
  ['Giáo dục thể chất', 1, 7.0, 'B'],
  ['Quản trị dự án phần mềm', 2, 8.7, 'A'],
  ['Thực tập tốt nghiệp', 5, 9.3, 'A+'],
  ['Khóa luận tốt nghiệp', 10, 9.0, 'A+'],
];

export function transcript(): Paper {
  const person = specimenPerson('vy');
  const decimal = (mark: number) => mark.toFixed(1).replace('.', ',');
  const rows = marks.map(([subject, credits, mark, letter], at) => [
    String(at + 1),
    subject,
    String(credits),
    decimal(mark),
    letter,
    at < 9 ? '2022 - 2023' : '2024 - 2026',
  ]);
  const html = `<div class="small">${head(['TRƯỜNG ĐẠI HỌC KỸ THUẬT', '<b>AN MẪU</b>'])}<h1>BẢNG ĐIỂM TOÀN KHÓA</h1>
${entry(['Họ và tên:', person.fullName], ['Giới tính:', sexName(person)])}
${entry(['Ngày sinh:', slashed(person.birthDate)], ['Số định danh cá nhân:', person.personNumber])}
${entry(['Ngành đào tạo:', 'Kỹ thuật phần mềm'], ['Khóa học:', '2022 - 2026'])}
${table(['STT', 'Tên học phần', 'Số tín chỉ', 'Điểm hệ 10', 'Điểm chữ', 'Năm học'], rows)}
${entry(['Tổng số tín chỉ tích lũy:', '63'], ['Điểm trung bình chung:', '8,58'], ['Xếp loại:', 'Giỏi'])}
${signatures({ says: [] }, { says: [`<i>TP. Hồ Chí Minh, ${spelled('2026-07-15')}</i>`, '<b>TRƯỞNG PHÒNG ĐÀO TẠO</b>'], ink: signature(131) + stamp('TRƯỜNG ĐẠI HỌC KỸ THUẬT', 'AN MẪU', 'left:6mm;top:-6mm', 15), name: 'TS. Bùi Thị Xuyến' })}</div>`;
  return { kind: 'transcript', ...a4, html, subject: person, prints: everything };
}
