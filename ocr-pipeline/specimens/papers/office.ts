import { signature, stamp } from './ink.ts';
import { head, signatures, spelled } from './markup.ts';
import { a4, a5Landscape, type Paper } from './paper.ts';

export function officialLetter(): Paper {
  const html = `${head(
    [
      'ỦY BAN NHÂN DÂN',
      '<b class="rule">PHƯỜNG THỦY MẪU</b>',
      'Số: 845/UBND-VHXH',
      '<i>V/v rà soát, cập nhật dữ liệu hộ tịch</i>',
    ],
    `<p class="center"><i>Thủy Mẫu, ${spelled('2026-10-12')}</i></p>`,
  )}
<div class="center addressees"><p>Kính gửi:</p><p>- Các khu phố trên địa bàn phường;</p><p>- Trung tâm Phục vụ hành chính công phường.</p></div>
<p class="just indent">Thực hiện kế hoạch số hóa sổ hộ tịch năm 2026 và nhằm bảo đảm dữ liệu hộ tịch điện tử được "đúng, đủ, sạch, sống", Ủy ban nhân dân phường đề nghị các đơn vị phối hợp thực hiện những nội dung sau:</p>
<p class="just indent">1. Khu phố thông báo rộng rãi để người dân đối chiếu thông tin trên giấy khai sinh, giấy chứng nhận kết hôn với thông tin trong Cơ sở dữ liệu quốc gia về dân cư; trường hợp có sai lệch thì hướng dẫn người dân liên hệ quầy tiếp nhận trước ngày 30/11/2026.</p>
<p class="just indent">2. Trung tâm Phục vụ hành chính công bố trí ki-ốt tự phục vụ, cử đoàn viên thanh niên hỗ trợ người cao tuổi quét giấy tờ, lấy số thứ tự; tổng hợp kết quả vào thứ Sáu hằng tuần.</p>
<p class="just indent">3. Bộ phận Tư pháp - Hộ tịch chịu trách nhiệm kiểm tra, ký số và cập nhật dữ liệu; bảo đảm bí mật thông tin cá nhân của người dân theo quy định.</p>
<p class="just indent">Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, đề nghị các đơn vị phản ánh về Ủy ban nhân dân phường (qua Văn phòng, điện thoại 028 0000 0845) để được xem xét, giải quyết.</p>
${signatures(
  {
    says: [
      '<b><i>Nơi nhận:</i></b>',
      '- Như trên;',
      '- Thường trực Đảng ủy;',
      '- CT, các PCT UBND phường;',
      '- Lưu: VT, VHXH.',
    ],
  },
  {
    says: ['<b>TM. ỦY BAN NHÂN DÂN</b>', '<b>CHỦ TỊCH</b>'],
    ink: signature(141) + stamp('UBND PHƯỜNG THỦY MẪU', 'TP. HỒ CHÍ MINH', 'left:2mm;top:-4mm', -5),
    name: 'Nghiêm Xuân Thưởng',
  },
)}`;
  return { kind: 'official-letter', ...a4, html, subject: null, prints: [] };
}

/** A paper that belongs to no procedure: the kiosk must say "unknown", not guess. */
export function invitation(): Paper {
  const html = `<div class="tight sans">${head(['TRƯỜNG TIỂU HỌC VÀNG ANH', '<b>LỚP 3/2</b>'])}
<h1>GIẤY MỜI HỌP PHỤ HUYNH</h1>
<p class="indent">Kính mời quý phụ huynh đến dự buổi họp đầu năm học của lớp 3/2.</p>
<p class="indent">Thời gian: 08 giờ 00, Chủ nhật, ngày 20 tháng 09 năm 2026.</p>
<p class="indent">Địa điểm: Phòng 204, dãy B.</p>
<p class="indent">Nội dung: thông qua kế hoạch năm học, bữa ăn bán trú, quỹ lớp và các hoạt động ngoại khóa.</p>
<p class="indent">Rất mong quý phụ huynh thu xếp thời gian đến dự đông đủ.</p>
${signatures({ says: [] }, { says: ['<b>Giáo viên chủ nhiệm</b>'], ink: signature(151), name: 'Cao Thị Hường' })}</div>`;
  return { kind: 'unknown', ...a5Landscape, html, subject: null, prints: [] };
}
