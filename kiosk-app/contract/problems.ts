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
  'storage-readonly': [
    'Ổ lưu trữ của máy không ghi được nên máy tạm ngừng phục vụ.',
    `Những gì đã nộp vẫn được giữ. ${staffVi}`,
    'The kiosk’s storage cannot be written to, so it is closed for now.',
    `What was submitted is kept. ${staffEn}`,
  ],
  'storage-damaged': [
    'Ổ lưu trữ của máy bị lỗi nên máy tạm ngừng phục vụ.',
    `Không có gì bị xoá. ${staffVi}`,
    'The kiosk’s storage is damaged, so it is closed for now.',
    `Nothing was deleted. ${staffEn}`,
  ],
  'storage-locked': [
    'Máy chưa mở khoá được ổ lưu trữ nên tạm ngừng phục vụ.',
    `Những gì đã nộp vẫn được giữ. ${staffVi}`,
    'The kiosk cannot unlock its storage, so it is closed for now.',
    `What was submitted is kept. ${staffEn}`,
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
  // The officer's page
  'officer-login-wrong': [
    'Tên đăng nhập hoặc mật khẩu không đúng.',
    'Xin nhập lại; quên mật khẩu thì liên hệ kỹ thuật viên.',
    'The name or the password is wrong.',
    'Please try again; a technician can set a new password.',
  ],
  'officer-login-locked': [
    'Đã nhập sai nhiều lần nên tạm thời chưa đăng nhập được.',
    'Xin chờ một lát rồi thử lại, hoặc liên hệ kỹ thuật viên.',
    'Too many wrong tries: logging in is paused.',
    'Wait a while and try again, or ask a technician.',
  ],
  'officer-session-over': [
    'Phiên làm việc đã kết thúc.',
    'Xin đăng nhập lại.',
    'Your session has ended.',
    'Please log in again.',
  ],
  'officer-desk-busy': [
    'Đang ký một lượt hồ sơ khác.',
    'Xin chờ lượt đó xong rồi ký tiếp.',
    'Another batch is being signed.',
    'Wait until it is done, then sign.',
  ],
  'officer-login-malformed': [
    'Tên đăng nhập không hợp lệ.',
    'Dùng 2 đến 32 chữ thường không dấu, số, dấu chấm hoặc gạch nối.',
    'That log-in name cannot be used.',
    'Use 2 to 32 lower-case letters, digits, dots or hyphens.',
  ],
  'officer-login-taken': [
    'Tên đăng nhập này đã có người dùng.',
    'Xin chọn tên khác.',
    'That log-in name is taken.',
    'Choose another one.',
  ],
  'officer-password-weak': [
    'Mật khẩu quá dễ đoán.',
    'Dùng ít nhất 10 ký tự và không chứa tên đăng nhập.',
    'The password is too easy to guess.',
    'Use at least 10 characters, without the log-in name in them.',
  ],
  'officer-unknown': [
    'Không có cán bộ nào với tên đăng nhập này.',
    'Xin kiểm tra lại tên đăng nhập.',
    'No officer has that log-in name.',
    'Please check the name.',
  ],
  'dossier-gone': [
    'Hồ sơ này không còn trên máy.',
    'Xin làm mới danh sách; hồ sơ có thể đã được xử lý ở nơi khác.',
    'That dossier is no longer on this machine.',
    'Refresh the list; it may have been settled elsewhere.',
  ],
  'dossier-decided': [
    'Hồ sơ này đã được xử lý.',
    'Xin làm mới danh sách.',
    'That dossier has been decided already.',
    'Refresh the list.',
  ],
  'dossier-damaged': [
    'Tệp hồ sơ không còn nguyên vẹn nên không được ký.',
    'Xin báo kỹ thuật viên; không ký hồ sơ này.',
    'The dossier’s file is no longer intact, so it is not signed.',
    'Tell a technician, and do not sign it.',
  ],
  'pdf-not-signable': [
    'Không thêm được chữ ký vào tài liệu.',
    'Hồ sơ vẫn nguyên. Xin báo kỹ thuật viên.',
    'The signature could not be added to a document.',
    'The dossier is unchanged. Please tell a technician.',
  ],
  'certificate-not-valid': [
    'Chứng thư số đã hết hạn hoặc chưa có hiệu lực.',
    'Xin dùng chứng thư còn hiệu lực.',
    'The certificate has expired or is not valid yet.',
    'Use a certificate that is valid today.',
  ],
  // The officer's token
  'token-module-missing': [
    'Máy chưa có phần mềm của USB Token này.',
    'Xin báo kỹ thuật viên cài thư viện PKCS#11 của nhà cung cấp.',
    'The software of this token is not installed.',
    'Please ask a technician to install its maker’s PKCS#11 library.',
  ],
  'token-absent': [
    'Chưa thấy USB Token.',
    'Xin cắm USB Token rồi thử lại.',
    'No token is plugged in.',
    'Plug the token in and try again.',
  ],
  'token-other': [
    'USB Token đang cắm không phải là token đã chọn.',
    'Xin cắm đúng token, hoặc chọn lại chứng thư trong danh sách.',
    'The token that is plugged in is not the chosen one.',
    'Plug in the right token, or choose its certificate in the list.',
  ],
  'token-several': [
    'Có nhiều USB Token đang cắm.',
    'Xin chọn token dùng để ký, hoặc rút bớt.',
    'Several tokens are plugged in.',
    'Choose the one to sign with, or unplug the others.',
  ],
  'token-pin-wrong': [
    'Mã PIN không đúng.',
    'Xin nhập lại mã PIN của USB Token.',
    'The PIN is wrong.',
    'Please type the token’s PIN again.',
  ],
  'token-pin-wrong-few-left': [
    'Mã PIN không đúng, token chỉ còn ít lần thử.',
    'Xin nhập thật cẩn thận; sai thêm vài lần token sẽ bị khóa.',
    'The PIN is wrong, and the token allows few more tries.',
    'Type it with care: after some more wrong tries the token is locked.',
  ],
  'token-pin-wrong-last-try': [
    'Mã PIN không đúng, token chỉ còn một lần thử.',
    'Nếu không chắc chắn, xin dừng lại và hỏi nơi cấp token.',
    'The PIN is wrong, and only one try is left.',
    'If you are not sure, stop and ask whoever issued the token.',
  ],
  'token-pin-locked': [
    'USB Token đã bị khóa vì nhập sai mã PIN nhiều lần.',
    'Xin liên hệ nơi cấp token để mở khóa.',
    'The token is locked after too many wrong PINs.',
    'Please ask whoever issued it to unlock it.',
  ],
  'token-pin-expired': [
    'Mã PIN của USB Token phải được đổi trước khi ký.',
    'Xin đổi mã PIN bằng phần mềm của nhà cung cấp.',
    'The token’s PIN must be changed before it signs.',
    'Change it with the program of the token’s maker.',
  ],
  'token-pin-malformed': [
    'Mã PIN có độ dài không hợp lệ.',
    'Xin nhập đủ mã PIN của USB Token.',
    'The PIN is too short or too long.',
    'Please type the whole PIN of the token.',
  ],
  'token-pin-not-set': [
    'USB Token chưa được đặt mã PIN.',
    'Xin đặt mã PIN bằng phần mềm của nhà cung cấp.',
    'The token has no PIN yet.',
    'Set one with the program of the token’s maker.',
  ],
  'token-certificate-missing': [
    'Trong USB Token không có chứng thư ký đã chọn.',
    'Xin chọn lại chứng thư, hoặc cắm token khác.',
    'The chosen certificate is not on this token.',
    'Choose another certificate, or plug in another token.',
  ],
  'token-certificate-several': [
    'Trong USB Token có nhiều chứng thư ký.',
    'Xin chọn chứng thư dùng để ký.',
    'The token holds several certificates.',
    'Choose the one to sign with.',
  ],
  'token-key-missing': [
    'USB Token có chứng thư nhưng không có khóa ký.',
    'Xin dùng token khác, hoặc hỏi nơi cấp.',
    'The token holds a certificate without its key.',
    'Use another token, or ask whoever issued it.',
  ],
  'token-key-unsupported': [
    'Khóa trong USB Token không dùng được để ký hồ sơ.',
    'Cần khóa RSA từ 2048 bit, hoặc ECDSA P-256, P-384.',
    'The key on this token cannot sign dossiers.',
    'RSA of 2048 bits or more, or ECDSA on P-256 or P-384 is needed.',
  ],
  'token-removed': [
    'USB Token đã bị rút ra khi đang ký.',
    'Hồ sơ chưa ký vẫn nguyên. Xin cắm lại token và ký lại.',
    'The token was pulled out while signing.',
    'What was not signed is unchanged. Plug it in and sign again.',
  ],
  'token-timeout': [
    'USB Token không trả lời.',
    'Xin rút token, cắm lại rồi thử lại.',
    'The token does not answer.',
    'Unplug it, plug it in again, and retry.',
  ],
  'token-crashed': [
    'Phần mềm của USB Token ngừng hoạt động.',
    'Hồ sơ không bị ảnh hưởng. Xin cắm lại token và thử lại.',
    'The token’s software stopped working.',
    'No dossier is affected. Plug the token in again and retry.',
  ],
  'token-failed': [
    'USB Token báo không ký được.',
    'Xin cắm lại token và thử lại; nếu vẫn vậy, báo kỹ thuật viên.',
    'The token reports that it could not sign.',
    'Plug it in again and retry; if it stays so, tell a technician.',
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
  'printer-overheated': [
    'Máy in đang quá nóng.',
    'Xin chờ một lát; máy nguội sẽ tự in tiếp.',
    'The printer is too hot.',
    'Please wait a moment; it goes on by itself once it has cooled down.',
  ],
  'printer-mechanical': [
    'Máy in bị kẹt hoặc hỏng cơ khí.',
    staffVi,
    'The printer is jammed or broken.',
    staffEn,
  ],
  'printer-unconfirmed': [
    'Máy in không xác nhận đã in xong.',
    'Máy sẽ in lại, có ghi “BẢN SAO”.',
    'The printer did not confirm that it printed.',
    'It will be printed again, marked as a copy.',
  ],
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
  'issued-in-future': [
    'Ngày cấp thẻ sau ngày hôm nay theo đồng hồ của máy.',
    'Nhân viên sẽ kiểm tra tại quầy.',
    'The card’s issue date lies after today by the kiosk’s clock.',
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
    'Không có tệp của trang này.',
    'Xin quét lại trang này, hoặc kiểm tra tên tệp.',
    'This page’s file is not there.',
    'Scan the page again, or check the file’s name.',
  ],
  'page-empty': [
    'Trang quét bị trống.',
    'Xin quét lại trang này.',
    'The scanned page is empty.',
    'Please scan this page again.',
  ],
  'page-not-an-image': [
    'Tệp của trang này không phải là ảnh.',
    'Xin quét lại trang này, hoặc dùng tệp JPEG, PNG hay TIFF.',
    'This page’s file is not a picture.',
    'Scan the page again, or give a JPEG, PNG or TIFF file.',
  ],
  'page-not-a-file': [
    'Đây không phải là tệp thông thường (thư mục, đường ống hoặc thiết bị).',
    'Xin chỉ ra từng tệp ảnh hoặc PDF.',
    'This is no ordinary file (a folder, a pipe or a device).',
    'Name the picture or PDF files themselves.',
  ],
  'page-not-readable': [
    'Không được phép mở tệp của trang này.',
    'Xin cấp quyền đọc tệp, hoặc chép tệp sang nơi đọc được.',
    'This page’s file may not be opened.',
    'Grant permission to read it, or copy it to a place where it can be read.',
  ],
  'page-animated': [
    'Đây là ảnh động, có nhiều khung hình.',
    'Xin lưu khung hình cần dùng thành tệp JPEG hoặc PNG.',
    'This picture moves: it has several frames.',
    'Save the frame that counts as JPEG or PNG.',
  ],
  'page-heic': [
    'Đây là ảnh HEIC hoặc AVIF của điện thoại, máy chưa đọc được.',
    'Xin chuyển ảnh sang JPEG (điện thoại: chọn “Tương thích nhất” khi chụp hoặc gửi).',
    'This is a phone’s HEIC or AVIF picture, which cannot be read here.',
    'Convert it to JPEG (on the phone choose “Most compatible” when taking or sending it).',
  ],
  'page-pdf-signed': [
    'Tệp PDF này đã có chữ ký số; xử lý lại sẽ làm hỏng chữ ký.',
    'Xin giữ nguyên tệp này như một tài liệu riêng, không ghép với trang khác.',
    'This PDF carries a digital signature, which any processing would break.',
    'Keep it as a document of its own; do not put it together with other pages.',
  ],
  'page-pdf-has-text': [
    'Tệp PDF này đã có chữ; không cần số hóa lại.',
    'Xin giữ nguyên tệp này như một tài liệu riêng, không ghép với trang khác.',
    'This PDF already has text; it needs no digitising.',
    'Keep it as a document of its own; do not put it together with other pages.',
  ],
  'page-pdf-locked': [
    'Tệp PDF này có mật khẩu.',
    'Xin lưu một bản không có mật khẩu rồi làm lại.',
    'This PDF is locked with a password.',
    'Save a copy without the password and try again.',
  ],
  'page-pdf-damaged': [
    'Tệp PDF này bị hỏng hoặc bị thiếu một phần.',
    'Xin lấy lại tệp gốc, hoặc quét lại giấy.',
    'This PDF is damaged or part of it is missing.',
    'Get the file again from where it came, or scan the paper.',
  ],
  'page-pdf-tools-missing': [
    'Máy chưa cài chương trình đọc tệp PDF.',
    'Xin cài gói poppler-utils (apt-get install poppler-utils) rồi làm lại.',
    'The programs that read PDFs are not installed.',
    'Install the package poppler-utils (apt-get install poppler-utils) and try again.',
  ],
  'page-too-many': [
    'Có quá nhiều trang cho một tài liệu.',
    'Xin chia thành nhiều tài liệu, mỗi tài liệu không quá 500 trang.',
    'There are too many pages for one document.',
    'Divide them into documents of at most 500 pages each.',
  ],
  'pdf-kept-signed': [
    'Tệp PDF này đã có chữ ký số nên được chép nguyên vẹn, không xử lý lại.',
    'Không cần làm gì thêm.',
    'This PDF carries a digital signature, so it was copied as it is, byte for byte.',
    'Nothing more is needed.',
  ],
  'pdf-kept-text': [
    'Tệp PDF này đã có chữ nên được chép nguyên vẹn, không xử lý lại.',
    'Không cần làm gì thêm.',
    'This PDF already has text, so it was copied as it is, byte for byte.',
    'Nothing more is needed.',
  ],
  'pdf-not-written': [
    'Chưa ghi được tệp PDF.',
    'Xin kiểm tra thư mục đích có tồn tại và cho phép ghi.',
    'The PDF could not be written.',
    'Check that its folder exists and may be written to.',
  ],
  'pdf-disk-full': [
    'Ổ đĩa đã đầy nên chưa ghi được tệp PDF.',
    'Xin giải phóng dung lượng hoặc chọn nơi khác.',
    'The disk is full; the PDF was not written.',
    'Free some space or choose another place.',
  ],
  'pdf-would-overwrite-input': [
    'Tệp kết quả trùng với một tệp đầu vào.',
    'Xin chọn tên khác cho tệp kết quả.',
    'The output is one of the input files.',
    'Choose another name for the output.',
  ],
  'page-is-pdf': [
    'Đây là tệp PDF, không phải ảnh của trang giấy.',
    'Xin quét trang giấy lại, hoặc nộp tệp PDF tại quầy.',
    'This is a PDF, not a picture of a page.',
    'Scan the paper itself, or hand in the PDF at the counter.',
  ],
  'page-truncated': [
    'Ảnh của trang này bị hỏng hoặc thiếu một phần.',
    'Xin quét lại trang này, hoặc lấy lại tệp gốc.',
    'This page’s picture is damaged or part of it is missing.',
    'Scan the page again, or get the file again from where it came.',
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
  'page-engine-missing': [
    'Máy chưa có chương trình đọc chữ (tesseract, dữ liệu tiếng Việt).',
    'Xin báo nhân viên kỹ thuật: lệnh "motcua doctor" cho biết phải cài gì.',
    'The program that reads text (tesseract with Vietnamese data) is not installed.',
    'Tell the technician: "motcua doctor" says what to install.',
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
  // A page that can be read better
  'quality-blur': [
    'Hình của trang này bị mờ.',
    'Xin đặt giấy nằm yên, áp sát mặt kính rồi quét lại.',
    'The picture of this page is blurred.',
    'Lay the paper flat and keep it still, then scan again.',
  ],
  'quality-glare': [
    'Có vệt sáng che mất chữ trên trang này.',
    'Xin xoay hoặc dời giấy khỏi ánh đèn rồi quét lại.',
    'A bright spot hides print on this page.',
    'Turn or move the paper out of the lamp’s light, then scan again.',
  ],
  'quality-shadow': [
    'Có bóng tối che một phần trang này.',
    'Xin đừng đứng hoặc để tay che ánh đèn, rồi quét lại.',
    'A dark shadow lies over part of this page.',
    'Keep hands and head out of the light, then scan again.',
  ],
  'quality-cut-off-edge': [
    'Một phần của trang giấy nằm ngoài hình.',
    'Xin dời giấy vào trong, cách mép kính một chút, rồi quét lại.',
    'Part of the paper lies outside the picture.',
    'Move the paper away from the edge, then scan again.',
  ],
  'quality-low-resolution': [
    'Hình của trang này quá thô, chữ nhỏ khó đọc.',
    'Xin quét lại trang này trên máy quét của kiosk.',
    'The picture of this page is too coarse for small print.',
    'Scan the paper itself again on this kiosk’s scanner.',
  ],
  'quality-finger': [
    'Có ngón tay trên hình của trang này.',
    'Xin bỏ tay ra khỏi giấy rồi quét lại.',
    'A finger is on the picture of this page.',
    'Take your hand off the paper, then scan again.',
  ],
  'quality-empty': [
    'Mặt này của tờ giấy không có chữ.',
    'Nếu chữ ở mặt kia, xin lật giấy lại rồi quét lại.',
    'This side of the paper is empty.',
    'If the print is on the other side, turn the paper over and scan again.',
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
