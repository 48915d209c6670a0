// Over 400 lines on purpose: one table, so that a translator or an officer reads every sentence in one place.
import type { Problem } from './common.ts';

type Words = readonly [whatVi: string, nextVi: string, whatEn: string, nextEn: string];

const staffVi = 'Xin gọi nhân viên hỗ trợ.';
const staffEn = 'Please ask a member of staff.';

/** The one place where a failure becomes words for a person: what happened, and what to do next. */
const sentences = {
  // The visit
  'visit-over': [
    'Lượt làm việc này đã kết thúc.',
    'Chạm màn hình để bắt đầu lượt mới.',
    'This visit has ended.',
    'Touch the screen to start a new one.',
  ],
  'visit-already-open': [
    'Máy đang có người sử dụng.',
    'Màn hình đã được cập nhật.',
    'A visit is already under way on this kiosk.',
    'The screen has been brought up to date.',
  ],
  'screen-outdated': [
    'Màn hình này chưa kịp cập nhật.',
    'Màn hình đã được làm mới, xin chạm lại.',
    'This screen was out of date.',
    'It has been refreshed; please touch again.',
  ],
  'command-out-of-place': [
    'Thao tác này chưa dùng được ở bước hiện tại.',
    'Xin làm theo bước đang hiện trên màn hình.',
    'That cannot be done in this step.',
    'Please follow the step on the screen.',
  ],
  'procedure-unknown': [
    'Không tìm thấy thủ tục này.',
    'Xin chọn lại trong danh sách.',
    'That service is not in the list.',
    'Please choose one from the list.',
  ],
  'paper-unknown': [
    'Giấy tờ này không có trong danh sách.',
    'Xin chọn lại trong danh sách.',
    'That paper is not in the list.',
    'Please choose one from the list.',
  ],
  'page-unknown': [
    'Không còn trang này.',
    'Màn hình đã được làm mới.',
    'That page is no longer there.',
    'The screen has been refreshed.',
  ],
  'papers-missing': [
    'Còn giấy tờ bắt buộc chưa quét.',
    'Xin quét các giấy tờ được đánh dấu còn thiếu.',
    'A required paper has not been scanned yet.',
    'Please scan the papers marked as missing.',
  ],
  'pages-failed': [
    'Có trang chưa đọc được.',
    'Xin quét lại hoặc bỏ trang được đánh dấu.',
    'One page could not be read.',
    'Please scan the marked page again or remove it.',
  ],
  'pages-too-many': [
    'Hồ sơ đã đủ số trang tối đa.',
    'Xin bỏ bớt trang, hoặc nộp phần còn lại tại quầy.',
    'The dossier has as many pages as it may hold.',
    'Remove pages, or bring the rest to the counter.',
  ],
  'seal-failed': [
    'Chưa đóng gói được hồ sơ.',
    `Các trang đã quét vẫn được giữ. ${staffVi}`,
    'The dossier could not be put together.',
    `Your pages are kept. ${staffEn}`,
  ],
  // The kiosk
  'disk-full': [
    'Bộ nhớ của máy đã đầy nên chưa làm được bước này.',
    `Những gì đã làm vẫn được giữ. ${staffVi}`,
    'The kiosk’s storage is full, so this step was not done.',
    `What you did before is kept. ${staffEn}`,
  ],
  'kiosk-error': [
    'Máy gặp trục trặc ở bước này.',
    `Những gì đã làm vẫn được giữ. Xin thử lại. ${staffVi}`,
    'Something went wrong in this step.',
    `What you did before is kept. Try again. ${staffEn}`,
  ],
  'request-invalid': [
    'Yêu cầu không hợp lệ.',
    'Xin làm lại thao tác trên màn hình.',
    'The request was not valid.',
    'Please repeat the step on the screen.',
  ],
  'session-missing': [
    'Cửa sổ này không phải là màn hình của máy.',
    'Xin sử dụng màn hình chính của máy.',
    'This window is not the kiosk’s screen.',
    'Please use the kiosk’s own screen.',
  ],
  // The printer
  'printer-offline': ['Máy in chưa kết nối.', staffVi, 'The printer is not connected.', staffEn],
  'printer-paper-end': [
    'Máy in hết giấy.',
    'Nhân viên sẽ thay giấy. Phiếu đang chờ sẽ tự in; chưa có số thì xin bấm lại.',
    'The printer is out of paper.',
    'Staff will change the roll. A slip that waits is then printed by itself; without a number yet, press again.',
  ],
  'printer-cover-open': [
    'Nắp máy in đang mở.',
    'Nhân viên sẽ đóng nắp. Phiếu đang chờ sẽ tự in; chưa có số thì xin bấm lại.',
    'The printer’s cover is open.',
    'Staff will close it. A slip that waits is then printed by itself; without a number yet, press again.',
  ],
  'printer-cutter': ['Dao cắt của máy in bị kẹt.', staffVi, 'The printer’s cutter is stuck.', staffEn],
  'printer-error': ['Máy in báo lỗi.', staffVi, 'The printer reports a fault.', staffEn],
  'printer-timeout': [
    'Máy in không trả lời.',
    `Số và hồ sơ đã có vẫn được giữ. ${staffVi}`,
    'The printer does not answer.',
    `The number and papers you have are kept. ${staffEn}`,
  ],
  'printer-cancelled': [
    'Việc in bị tạm dừng.',
    'Máy sẽ tự in lại.',
    'Printing was interrupted.',
    'It will be repeated by itself.',
  ],
  'printer-near-end': [
    'Máy in sắp hết giấy.',
    'Vẫn in được bình thường.',
    'The printer is running low on paper.',
    'It still prints.',
  ],
  // The scanner
  'scanner-absent': [
    'Máy quét chưa kết nối.',
    `Các trang đã quét vẫn được giữ. ${staffVi}`,
    'The scanner is not connected.',
    `Pages already scanned are kept. ${staffEn}`,
  ],
  'scanner-busy': [
    'Máy quét đang bận.',
    'Xin chờ một chút rồi quét lại.',
    'The scanner is busy.',
    'Please wait a moment and scan again.',
  ],
  'scanner-empty': [
    'Chưa có giấy trên máy quét.',
    'Xin đặt giấy vào rồi bấm Quét lại.',
    'There is no paper on the scanner.',
    'Lay the paper on it and press Scan again.',
  ],
  'scanner-jam': [
    'Giấy bị kẹt trong máy quét.',
    `Các trang đã quét vẫn được giữ. ${staffVi}`,
    'Paper is jammed in the scanner.',
    `Pages already scanned are kept. ${staffEn}`,
  ],
  'scanner-cover-open': [
    'Nắp máy quét đang mở.',
    'Xin đóng nắp rồi quét lại.',
    'The scanner’s cover is open.',
    'Close it and scan again.',
  ],
  'scanner-denied': [
    'Máy chưa được phép dùng máy quét.',
    staffVi,
    'The kiosk may not use the scanner.',
    staffEn,
  ],
  'scanner-io': [
    'Máy quét gặp lỗi khi đang quét.',
    'Các trang đã quét vẫn được giữ. Xin quét lại trang này.',
    'The scanner failed while scanning.',
    'Pages already scanned are kept. Scan this page again.',
  ],
  'scanner-lost': [
    'Máy quét bị ngắt khi đang quét.',
    `Các trang đã quét vẫn được giữ. ${staffVi}`,
    'The scanner was disconnected while scanning.',
    `Pages already scanned are kept. ${staffEn}`,
  ],
  'scanner-timeout': [
    'Máy quét không trả lời.',
    'Các trang đã quét vẫn được giữ. Xin quét lại.',
    'The scanner does not answer.',
    'Pages already scanned are kept. Scan again.',
  ],
  'scanner-cancelled': [
    'Đã dừng quét.',
    'Các trang đã quét vẫn được giữ.',
    'Scanning was stopped.',
    'Pages already scanned are kept.',
  ],
  'scanner-disk-full': [
    'Bộ nhớ của máy đã đầy nên không quét thêm được.',
    `Các trang đã quét vẫn được giữ. ${staffVi}`,
    'The kiosk’s storage is full; it cannot scan more.',
    `Pages already scanned are kept. ${staffEn}`,
  ],
  // Any device
  'device-hung': [
    'Một thiết bị của máy không trả lời.',
    'Máy đang tự khởi động lại thiết bị này, xin chờ trong giây lát.',
    'A device of this kiosk does not answer.',
    'It is being started again; please wait a moment.',
  ],
  'device-in-use': [
    'Một thiết bị của máy đang được chương trình khác sử dụng.',
    staffVi,
    'Another program is using a device of this kiosk.',
    staffEn,
  ],
  // The code reader and the card
  'reader-absent': ['Đầu đọc mã chưa kết nối.', staffVi, 'The code reader is not connected.', staffEn],
  'card-empty': [
    'Chưa đọc được mã trên thẻ.',
    'Xin đưa mã QR của thẻ lại gần đầu đọc.',
    'The card’s code was empty.',
    'Hold the card’s QR code to the reader again.',
  ],
  'card-too-long': [
    'Mã này quá dài, không phải của thẻ căn cước.',
    'Xin dùng mã QR trên thẻ căn cước.',
    'This code is too long to be a citizen card’s.',
    'Use the QR code of the citizen card.',
  ],
  'card-not-a-card': [
    'Mã này không phải của thẻ căn cước.',
    'Xin dùng mã QR trên thẻ căn cước.',
    'This code is not from a citizen card.',
    'Use the QR code of the citizen card.',
  ],
  // What people hold to the reader in place of the card
  'code-bank': [
    'Đây là mã chuyển khoản ngân hàng, không phải mã của thẻ căn cước.',
    'Xin đưa mặt thẻ căn cước có mã QR hình vuông vào đầu đọc.',
    'This is a bank’s payment code, not the citizen card’s.',
    'Hold the side of the citizen card with the square code to the reader.',
  ],
  'code-health-insurance': [
    'Đây là mã của thẻ bảo hiểm y tế.',
    'Xin dùng thẻ căn cước; thẻ bảo hiểm y tế có thể cần ở bước quét giấy tờ.',
    'This is the code of a health-insurance card.',
    'Use the citizen card; the insurance card may be needed later, with the papers.',
  ],
  'code-vaccination': [
    'Đây là mã chứng nhận tiêm chủng.',
    'Xin dùng mã QR trên thẻ căn cước.',
    'This is a vaccination certificate’s code.',
    'Use the QR code of the citizen card.',
  ],
  'code-driving-licence': [
    'Đây là mã của giấy phép lái xe.',
    'Xin dùng mã QR trên thẻ căn cước.',
    'This is a driving licence’s code.',
    'Use the QR code of the citizen card.',
  ],
  'code-travel-document': [
    'Đầu đọc nhận được các dòng chữ ở mặt sau thẻ hoặc trong hộ chiếu.',
    'Xin lật thẻ căn cước, đưa mặt có mã QR hình vuông vào đầu đọc.',
    'The reader saw the lines on the card’s other side, or a passport’s.',
    'Turn the card over: hold the side with the square code to the reader.',
  ],
  'code-own-slip': [
    'Đây là mã trên phiếu số hoặc biên nhận.',
    'Xin đưa thẻ căn cước vào đầu đọc; hồ sơ đang làm dở của bạn sẽ tự mở lại.',
    'This is the code of an order ticket or a receipt.',
    'Hold your citizen card to the reader; an unfinished dossier of yours reopens by itself.',
  ],
  'code-parcel': [
    'Đây là mã bưu gửi.',
    'Xin dùng mã QR trên thẻ căn cước.',
    'This is a parcel’s code.',
    'Use the QR code of the citizen card.',
  ],
  'code-product': [
    'Đây là mã vạch của hàng hóa.',
    'Xin dùng mã QR trên thẻ căn cước.',
    'This is a product’s bar code.',
    'Use the QR code of the citizen card.',
  ],
  'code-web-address': [
    'Đây là mã dẫn đến một trang web.',
    'Máy không mở trang web; xin dùng mã QR trên thẻ căn cước.',
    'This code leads to a web page.',
    'The kiosk opens none; use the QR code of the citizen card.',
  ],
  'card-truncated': [
    'Chỉ đọc được một phần mã của thẻ.',
    'Xin giữ thẻ đứng yên trước đầu đọc rồi thử lại.',
    'Only part of the card’s code was read.',
    'Hold the card still before the reader and try again.',
  ],
  'card-damaged-text': [
    'Chữ trên mã thẻ bị lỗi khi đọc.',
    'Xin thử lại; nếu vẫn lỗi, xin đến quầy.',
    'The card’s text arrived damaged.',
    'Try again; if it happens again, go to the counter.',
  ],
  'card-bad-number': [
    'Số trên mã thẻ không hợp lệ.',
    'Xin thử lại; nếu vẫn lỗi, xin đến quầy.',
    'The number in the card’s code is not valid.',
    'Try again; if it happens again, go to the counter.',
  ],
  'card-bad-name': [
    'Tên trên mã thẻ không hợp lệ.',
    'Xin thử lại; nếu vẫn lỗi, xin đến quầy.',
    'The name in the card’s code is not valid.',
    'Try again; if it happens again, go to the counter.',
  ],
  'card-bad-birth-date': [
    'Ngày sinh trên mã thẻ không hợp lệ.',
    'Xin thử lại; nếu vẫn lỗi, xin đến quầy.',
    'The birth date in the card’s code is not valid.',
    'Try again; if it happens again, go to the counter.',
  ],
  'card-bad-sex': [
    'Giới tính trên mã thẻ không hợp lệ.',
    'Xin thử lại; nếu vẫn lỗi, xin đến quầy.',
    'The sex in the card’s code is not valid.',
    'Try again; if it happens again, go to the counter.',
  ],
  'card-markup': [
    'Mã này có nội dung không an toàn và đã bị từ chối.',
    'Xin dùng mã QR trên thẻ căn cước.',
    'This code holds unsafe content and was refused.',
    'Use the QR code of the citizen card.',
  ],
  'number-century-mismatch': [
    'Số trên thẻ không khớp với năm sinh.',
    'Nhân viên sẽ kiểm tra tại quầy.',
    'The card’s number does not fit the birth year.',
    'Staff will check it at the counter.',
  ],
  'number-sex-mismatch': [
    'Số trên thẻ không khớp với giới tính.',
    'Nhân viên sẽ kiểm tra tại quầy.',
    'The card’s number does not fit the sex.',
    'Staff will check it at the counter.',
  ],
  'number-province-unknown': [
    'Mã tỉnh trong số thẻ chưa rõ.',
    'Nhân viên sẽ kiểm tra tại quầy.',
    'The province in the card’s number is unknown.',
    'Staff will check it at the counter.',
  ],
  'issued-before-birth': [
    'Ngày cấp thẻ trước ngày sinh.',
    'Nhân viên sẽ kiểm tra tại quầy.',
    'The card’s issue date is before the birth date.',
    'Staff will check it at the counter.',
  ],
  'name-unusual': [
    'Tên trên thẻ viết khác thường.',
    'Nhân viên sẽ kiểm tra tại quầy.',
    'The name on the card is written unusually.',
    'Staff will check it at the counter.',
  ],
  // A page
  'page-missing': [
    'Không còn tệp của trang này.',
    'Xin quét lại trang này.',
    'The page’s file is gone.',
    'Please scan this page again.',
  ],
  'page-empty': [
    'Trang quét bị trống.',
    'Xin quét lại trang này.',
    'The scanned page is empty.',
    'Please scan this page again.',
  ],
  'page-not-an-image': [
    'Máy quét gửi một tệp không phải ảnh.',
    'Xin quét lại trang này.',
    'The scanner sent something that is not a picture.',
    'Please scan this page again.',
  ],
  'page-is-pdf': [
    'Đây là tệp PDF, không phải ảnh của trang giấy.',
    'Xin quét trang giấy lại, hoặc nộp tệp PDF tại quầy.',
    'This is a PDF, not a picture of a page.',
    'Scan the paper itself, or hand in the PDF at the counter.',
  ],
  'page-truncated': [
    'Ảnh của trang này bị thiếu một phần.',
    'Xin quét lại trang này.',
    'Part of this page’s picture is missing.',
    'Please scan this page again.',
  ],
  'page-too-large': [
    'Ảnh của trang này quá lớn.',
    'Xin quét lại trang này ở độ phân giải thường.',
    'This page’s picture is too large.',
    'Please scan it again at the usual resolution.',
  ],
  'page-too-small': [
    'Ảnh của trang này quá nhỏ để đọc.',
    'Xin quét lại trang này.',
    'This page’s picture is too small to read.',
    'Please scan this page again.',
  ],
  'page-disk-full': [
    'Bộ nhớ của máy đã đầy nên chưa đọc được trang này.',
    staffVi,
    'The kiosk’s storage is full; this page was not read.',
    staffEn,
  ],
  'page-timeout': [
    'Đọc trang này quá lâu.',
    'Xin quét lại trang này.',
    'Reading this page took too long.',
    'Please scan this page again.',
  ],
  'page-worker-died': [
    'Chưa đọc được trang này.',
    'Xin quét lại trang này.',
    'This page could not be read.',
    'Please scan this page again.',
  ],
  'page-cancelled': [
    'Đã dừng đọc trang này.',
    'Xin quét lại trang này.',
    'Reading this page was stopped.',
    'Please scan this page again.',
  ],
  // The city
  'city-unreachable': [
    'Chưa kết nối được với hệ thống Thành phố.',
    'Hồ sơ đã được lưu an toàn và sẽ tự gửi khi có mạng.',
    'The city’s system cannot be reached now.',
    'Your dossier is safe and will be sent by itself.',
  ],
  'city-timeout': [
    'Hệ thống Thành phố chưa trả lời.',
    'Hồ sơ đã được lưu an toàn và sẽ tự gửi lại.',
    'The city’s system does not answer yet.',
    'Your dossier is safe and will be sent again by itself.',
  ],
  'city-error': [
    'Hệ thống Thành phố đang gặp lỗi.',
    'Hồ sơ đã được lưu an toàn và sẽ tự gửi lại.',
    'The city’s system has a fault.',
    'Your dossier is safe and will be sent again by itself.',
  ],
  'city-nonsense': [
    'Hệ thống Thành phố trả lời không hợp lệ.',
    'Hồ sơ đã được lưu an toàn và sẽ tự gửi lại.',
    'The city’s system gave an answer that makes no sense.',
    'Your dossier is safe and will be sent again by itself.',
  ],
  'city-refused': [
    'Hệ thống Thành phố từ chối gói hồ sơ.',
    'Hồ sơ vẫn được giữ trong máy. Xin đến quầy để được xử lý.',
    'The city’s system refused the dossier.',
    'It is kept in the kiosk. Please go to the counter.',
  ],
  'receipt-invalid': [
    'Biên nhận của Thành phố không hợp lệ.',
    'Hồ sơ vẫn được giữ và sẽ tự gửi lại.',
    'The city’s receipt is not valid.',
    'Your dossier is kept and will be sent again by itself.',
  ],
  'dossier-unreadable': [
    'Máy chưa đọc được gói hồ sơ đã lưu.',
    'Máy sẽ tự thử lại. Xin giữ phiếu và báo nhân viên.',
    'The kiosk could not read the stored dossier.',
    'It will try again by itself. Keep your slip and tell a member of staff.',
  ],
  'upload-cancelled': [
    'Việc gửi hồ sơ bị tạm dừng.',
    'Hồ sơ đã được lưu an toàn và sẽ tự gửi lại.',
    'Sending was interrupted.',
    'Your dossier is safe and will be sent again by itself.',
  ],
} as const satisfies Record<string, Words>;

export type ProblemCode = keyof typeof sentences;

export const problemCodes = Object.keys(sentences) as ProblemCode[];

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(sentences, code);
}

/** The sentences of a failure, in both languages. An unknown code is a bug of ours and is said as one. */
export function problem(code: string): Problem {
  const [whatVi, nextVi, whatEn, nextEn]: Words = sentences[isProblemCode(code) ? code : 'kiosk-error'];
  return { code, what: { vi: whatVi, en: whatEn }, next: { vi: nextVi, en: nextEn } };
}
