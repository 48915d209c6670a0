import { specimenPerson } from '../people.ts';
import { signature, stamp } from './ink.ts';
import {
  boxes,
  cardLine,
  entry,
  formHead,
  head,
  line,
  sexName,
  signatures,
  slashed,
  spelled,
  table,
  tick,
  upper,
} from './markup.ts';
import { a4, everything, type Paper } from './paper.ts';

export function residenceForm(): Paper {
  const [tenant, owner] = [specimenPerson('vy'), specimenPerson('ngoan')];
  const html = `<p class="right"><i>Mẫu CT01</i></p>${formHead('TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ', 'Công an Phường Hoa Mẫu, Thành phố Hồ Chí Minh')}
<div class="form">${line(['1. Họ, chữ đệm và tên:', upper(tenant.fullName)])}
${line(['2. Ngày, tháng, năm sinh:', slashed(tenant.birthDate), '3. Giới tính:', sexName(tenant)], [2, 1])}
<p>4. Số định danh cá nhân: ${boxes(tenant.personNumber)}</p>
${line(['5. Số điện thoại liên hệ:', '0900 000 456', '6. Email:', 'vy.mau@example.vn'])}
${line(['7. Họ, chữ đệm và tên chủ hộ:', owner.fullName, '8. Mối quan hệ với chủ hộ:', 'Ở thuê'], [2, 1])}
<p>9. Số định danh cá nhân của chủ hộ: ${boxes(owner.personNumber)}</p>
<p>10. Nội dung đề nghị:</p>
<p class="choices">${tick('Đăng ký thường trú', false)} ${tick('Đăng ký tạm trú', true)} ${tick('Gia hạn tạm trú', false)} ${tick('Xác nhận thông tin về cư trú', false)}</p>
${line(['', `Đăng ký tạm trú tại ${owner.residence},`])}
${line(['', 'thời hạn 24 tháng kể từ ngày 01/10/2026.'])}
<p>11. Những thành viên trong hộ gia đình cùng thay đổi:</p>
${table(
  ['TT', 'Họ, chữ đệm và tên', 'Ngày, tháng, năm sinh', 'Giới tính', 'Số định danh cá nhân', 'Quan hệ'],
  [
    ['1', 'Không có', '', '', '', ''],
    ['2', '', '', '', '', ''],
  ],
)}</div>
${signatures(
  {
    says: ['<b>Ý KIẾN CỦA CHỦ HỘ</b>', 'Đồng ý cho đăng ký tạm trú', '<i>(Ký, ghi rõ họ tên)</i>'],
    ink: signature(81),
    name: owner.fullName,
  },
  {
    says: ['<i>Phường Hoa Mẫu, ngày 30/09/2026</i>', '<b>NGƯỜI KÊ KHAI</b>', '<i>(Ký, ghi rõ họ tên)</i>'],
    ink: signature(82, '#222'),
    name: tenant.fullName,
  },
)}`;
  return { kind: 'residence-form', ...a4, html, subject: tenant, prints: everything };
}

export function contract(): Paper {
  const [tenant, owner] = [specimenPerson('vy'), specimenPerson('ngoan')];
  const party = (title: string, person: typeof owner) => `<p><b>${title}</b></p>
<p>Ông/Bà: <b>${person.fullName}</b> Sinh ngày: ${slashed(person.birthDate)}</p>
<p>Giấy tờ tùy thân: ${cardLine(person)}</p>
<p>Nơi cư trú: ${person.residence}</p>`;
  const html = `${formHead('HỢP ĐỒNG THUÊ NHÀ Ở', '')}<p class="center"><i>Số: 07/2026/HĐTN</i></p>
<p class="just indent">Hôm nay, ngày 25 tháng 09 năm 2026, tại số 90 Đường Ngọc Lan, Khu phố 3, Phường Hoa Mẫu, Thành phố Hồ Chí Minh, chúng tôi gồm có:</p>
${party('BÊN CHO THUÊ (sau đây gọi là Bên A):', owner)}${party('BÊN THUÊ (sau đây gọi là Bên B):', tenant)}
<p class="just indent">Hai bên cùng thỏa thuận ký hợp đồng với những điều khoản sau đây:</p>
<p><b>Điều 1. Đối tượng của hợp đồng</b></p>
<p class="just">Bên A đồng ý cho Bên B thuê một phòng ở tại tầng 2, diện tích 24,5 m2, thuộc căn nhà số 90 Đường Ngọc Lan, kèm theo các trang thiết bị: giường, tủ, máy nước nóng, đồng hồ điện riêng.</p>
<p><b>Điều 2. Thời hạn thuê</b></p>
<p class="just">Thời hạn thuê là 24 tháng, kể từ ngày 01/10/2026 đến hết ngày 30/09/2028. Hết thời hạn, nếu Bên B có nhu cầu thuê tiếp thì phải báo trước ít nhất 30 ngày.</p>
<p><b>Điều 3. Giá thuê và phương thức thanh toán</b></p>
<p class="just">Giá thuê là 3.500.000 đồng/tháng (bằng chữ: ba triệu năm trăm nghìn đồng), trả bằng chuyển khoản trước ngày 05 hằng tháng. Tiền đặt cọc là 7.000.000 đồng, được hoàn trả khi hợp đồng chấm dứt.</p>
<p><b>Điều 4. Nghĩa vụ của các bên</b></p>
<p class="just">Bên A bảo đảm quyền sử dụng trọn vẹn phòng ở cho Bên B và tạo điều kiện để Bên B đăng ký tạm trú. Bên B sử dụng đúng mục đích, giữ gìn vệ sinh chung, tuân thủ quy định về phòng cháy, chữa cháy và không tự ý cho người khác thuê lại.</p>
<p class="just indent">Hợp đồng được lập thành 02 bản có giá trị pháp lý như nhau, mỗi bên giữ 01 bản.</p>
${signatures(
  { says: ['<b>BÊN A</b>'], ink: signature(91), name: owner.fullName },
  { says: ['<b>BÊN B</b>'], ink: signature(92, '#222'), name: tenant.fullName },
)}`;
  return {
    kind: 'contract',
    ...a4,
    html: `<div class="small">${html}</div>`,
    subject: tenant,
    prints: everything,
  };
}

export function residenceConfirmation(): Paper {
  const [person, owner] = [specimenPerson('vy'), specimenPerson('ngoan')];
  const html = `<p class="right"><i>Mẫu CT07</i></p>${head(['CÔNG AN TP. HỒ CHÍ MINH', '<b>CÔNG AN PHƯỜNG HOA MẪU</b>', 'Số: 318/XN-CAP'], `<p class="center"><i>Phường Hoa Mẫu, ${spelled('2026-10-06')}</i></p>`)}
<h1>XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ</h1>
<p class="entry">Công an Phường Hoa Mẫu xác nhận thông tin về cư trú của công dân như sau:</p>
${entry(['1. Họ, chữ đệm và tên:', upper(person.fullName)])}
${entry(['2. Ngày, tháng, năm sinh:', slashed(person.birthDate)], ['3. Giới tính:', sexName(person)])}
${entry(['4. Số định danh cá nhân:', person.personNumber])}
${entry(['5. Quê quán:', person.origin])}
${entry(['6. Nơi thường trú:', person.residence])}
${entry(['7. Nơi tạm trú:', owner.residence])}
${entry(['8. Nơi ở hiện tại:', owner.residence])}
${entry(['9. Họ, chữ đệm và tên chủ hộ:', owner.fullName], ['10. Quan hệ với chủ hộ:', 'Ở thuê'])}
${entry(['11. Số định danh cá nhân của chủ hộ:', owner.personNumber])}
<p class="entry just">Xác nhận này có giá trị trong thời hạn 01 năm kể từ ngày cấp.</p>
${signatures({ says: [] }, { says: ['<b>TRƯỞNG CÔNG AN PHƯỜNG</b>'], ink: signature(171) + stamp('CÔNG AN PHƯỜNG HOA MẪU', 'TP. HỒ CHÍ MINH', 'left:6mm;top:-5mm', 12), name: 'Phùng Chí Đạt' })}`;
  return { kind: 'residence-confirmation', ...a4, html, subject: person, prints: everything };
}

export function landUseCertificate(): Paper {
  const owner = specimenPerson('ngoan');
  const html = `<div class="frame"><p class="center"><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b></p><p class="center">Độc lập - Tự do - Hạnh phúc</p>
<h1 class="red">GIẤY CHỨNG NHẬN<br>QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT</h1>
<p class="entry"><b>I. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất</b></p>
${entry(['Bà:', owner.fullName])}
${entry(['Năm sinh:', owner.birthDate.slice(0, 4)], ['CCCD số:', owner.personNumber])}
${entry(['Địa chỉ thường trú:', owner.residence])}
<p class="entry"><b>II. Thửa đất, tài sản gắn liền với đất</b></p>
${entry(['1. Thửa đất số:', '217'], ['tờ bản đồ số:', '46'])}
${entry(['2. Diện tích:', '84,5 m2'])}
${entry(['3. Loại đất:', 'Đất ở tại đô thị'])}
${entry(['4. Thời hạn sử dụng:', 'Lâu dài'])}
${entry(['5. Địa chỉ thửa đất:', 'Khu phố 3, Phường Hoa Mẫu, Thành phố Hồ Chí Minh'])}
${entry(['6. Nguồn gốc sử dụng đất:', 'Công nhận quyền sử dụng đất như giao đất có thu tiền'])}
${entry(['Số phát hành:', 'MT 018842'], ['Số vào sổ cấp GCN:', 'CH 00731'])}
${signatures({ says: [] }, { says: [`<i>Thành phố Hồ Chí Minh, ${spelled('2025-08-11')}</i>`, '<b>TM. ỦY BAN NHÂN DÂN</b>', '<b>CHỦ TỊCH</b>'], ink: signature(181) + stamp('UBND PHƯỜNG HOA MẪU', 'TP. HỒ CHÍ MINH', 'left:4mm;top:-4mm', -9), name: 'Nghiêm Xuân Thưởng' })}</div>`;
  return { kind: 'land-use-certificate', ...a4, html, subject: owner, prints: ['personNumber', 'fullName'] };
}
