/** What a verifier found, in words; `{where}` is the file, the entry or the field. */
type Words = readonly [vi: string, en: string];

const sentences = {
  // Signatures
  'signature-malformed': [
    'Chữ ký trong {where} bị hỏng: có nội dung của chữ ký đã bị sửa hoặc không đúng chuẩn.',
    'The signature in {where} is damaged: something in it was changed, or it is not of the standard’s form.',
  ],
  'signature-of-other-content': [
    'Nội dung mà chữ ký {where} bảo vệ đã bị sửa, hoặc chữ ký được lấy từ tài liệu khác.',
    'What the signature {where} protects was changed, or the signature was taken from another document.',
  ],
  'signature-wrong': [
    'Chữ ký {where} không đúng: thông tin được ký hoặc giá trị chữ ký đã bị sửa.',
    'The signature {where} does not hold: its signed facts or its value were changed.',
  ],
  'signature-weak-algorithm': [
    'Chữ ký {where} dùng thuật toán không còn an toàn (như MD5, SHA-1, RSA dưới 2048 bit).',
    'The signature {where} stands on an algorithm that is no longer safe (such as MD5, SHA-1, RSA below 2048 bits).',
  ],
  'signature-unknown-algorithm': [
    'Chữ ký {where} dùng thuật toán mà chương trình không biết.',
    'The signature {where} uses an algorithm that this program does not know.',
  ],
  'signature-unknown-attribute': [
    'Chữ ký {where} có thêm thông tin không được ký mà chương trình không hiểu.',
    'The signature {where} carries unsigned information that this program does not understand.',
  ],
  'signer-certificate-missing': [
    'Chữ ký {where} không nêu chứng thư của người ký.',
    'The signature {where} does not name its signer’s certificate.',
  ],
  'signer-certificate-swapped': [
    'Chứng thư của người ký trong {where} đã bị thay bằng chứng thư khác.',
    'The signer’s certificate in {where} was replaced by another.',
  ],
  'signer-not-for-signing': [
    'Chứng thư của người ký trong {where} không được phép dùng để ký.',
    'The signer’s certificate in {where} may not be used for signing.',
  ],
  'certificate-not-valid-when-signed': [
    'Chứng thư của người ký trong {where} chưa có hiệu lực hoặc đã hết hạn vào lúc ký.',
    'The signer’s certificate in {where} was not yet or no longer valid at the time of signing.',
  ],
  'certificate-expired-since': [
    'Chứng thư của người ký trong {where} đã hết hạn và không có dấu thời gian chứng minh là đã ký trước đó.',
    'The signer’s certificate in {where} has expired, and no time-stamp proves that the signature is older.',
  ],
  'certificate-revoked-when-signed': [
    'Chứng thư của người ký trong {where} (hoặc của cơ quan cấp) đã bị thu hồi trước lúc ký.',
    'The signer’s certificate in {where} (or its issuer’s) had been revoked before the time of signing.',
  ],
  'certificate-revoked-since': [
    'Chứng thư của người ký trong {where} đã bị thu hồi và không có dấu thời gian chứng minh là đã ký trước đó.',
    'The signer’s certificate in {where} has been revoked, and no time-stamp proves that the signature is older.',
  ],
  'signing-time-missing': [
    'Chữ ký {where} không ghi thời gian ký.',
    'The signature {where} does not say when it was made.',
  ],
  'signing-time-in-future': [
    'Thời gian ký ghi trong {where} ở sau thời điểm kiểm tra.',
    'The signing time in {where} lies after the time of this check.',
  ],
  'signer-untrusted': [
    'Người ký {where} không thuộc danh sách tin cậy.',
    'Nobody in the trust list vouches for the signer of {where}.',
  ],
  // Time-stamps
  'timestamp-malformed': [
    'Dấu thời gian trong {where} bị hỏng hoặc bị sửa.',
    'The time-stamp in {where} is damaged or was changed.',
  ],
  'timestamp-of-other-data': [
    'Dấu thời gian trong {where} thuộc về dữ liệu khác.',
    'The time-stamp in {where} was made for other data.',
  ],
  'timestamp-wrong': ['Dấu thời gian trong {where} không đúng.', 'The time-stamp in {where} does not hold.'],
  'timestamp-weak-algorithm': [
    'Dấu thời gian trong {where} dùng thuật toán không còn an toàn.',
    'The time-stamp in {where} stands on an algorithm that is no longer safe.',
  ],
  'timestamp-not-by-authority': [
    'Dấu thời gian trong {where} không do cơ quan cấp dấu thời gian tạo ra.',
    'The time-stamp in {where} was not made by a time-stamp authority.',
  ],
  'timestamp-untrusted': [
    'Cơ quan cấp dấu thời gian trong {where} không thuộc danh sách tin cậy.',
    'Nobody in the trust list vouches for the authority of the time-stamp in {where}.',
  ],
  'timestamp-expired-since': [
    'Chứng thư của dấu thời gian trong {where} đã hết hạn mà chưa được gia hạn bằng dấu thời gian mới.',
    'The certificate of the time-stamp in {where} has expired, and no newer time-stamp stands over it.',
  ],
  'timestamp-revoked': [
    'Chứng thư của dấu thời gian trong {where} đã bị thu hồi.',
    'The certificate of the time-stamp in {where} has been revoked.',
  ],
  'timestamp-in-future': [
    'Dấu thời gian trong {where} ở sau thời điểm kiểm tra.',
    'The time-stamp in {where} lies after the time of this check.',
  ],
  'revocation-unavailable': [
    'Không có thông tin thu hồi (OCSP, CRL) của chứng thư trong {where}.',
    'There is no revocation information (OCSP, CRL) about a certificate in {where}.',
  ],
  'validation-data-damaged': [
    'Chứng thư hoặc thông tin thu hồi kèm theo {where} đã bị sửa.',
    'Certificates or revocation data that come with {where} were changed.',
  ],
  'validation-data-unverified': [
    'Không kiểm tra được một chứng thư hoặc thông tin thu hồi kèm theo {where}.',
    'A certificate or revocation data that come with {where} cannot be checked.',
  ],
  // The file
  'file-unreadable': ['Không đọc được tệp.', 'The file cannot be read.'],
  'file-too-large': ['Tệp quá lớn ({where}).', 'The file is too large ({where}).'],
  'format-unknown': [
    'Đây không phải gói hồ sơ, biên nhận hay PDF.',
    'This is neither a dossier, nor a receipt, nor a PDF.',
  ],
  // The container
  'container-not-a-zip': [
    'Cấu trúc của gói bị hỏng ({where}).',
    'The container’s structure is damaged ({where}).',
  ],
  'container-unreadable-entry': [
    'Một tệp trong gói bị mã hóa hoặc nén theo cách không được phép ({where}).',
    'A file in the container is encrypted or packed in a way that is not allowed ({where}).',
  ],
  'container-extra-bytes': [
    'Có dữ liệu được thêm vào ngoài các tệp của gói ({where}).',
    'Data were added outside of the container’s files ({where}).',
  ],
  'container-headers-disagree': [
    'Hai nơi mô tả cùng một tệp trong gói không khớp nhau ({where}).',
    'Two places that describe the same file in the container disagree ({where}).',
  ],
  'container-odd-header': [
    'Phần mô tả của một tệp trong gói đã bị sửa ({where}).',
    'The description of a file in the container was changed ({where}).',
  ],
  'container-name-refused': [
    'Một tệp trong gói có tên nguy hiểm ({where}).',
    'A file in the container has a dangerous name ({where}).',
  ],
  'container-name-doubled': [
    'Hai tệp trong gói trùng tên ({where}).',
    'Two files in the container have the same name ({where}).',
  ],
  'container-too-many-files': [
    'Gói có quá nhiều tệp ({where}).',
    'The container has too many files ({where}).',
  ],
  'container-too-large': [
    'Gói bung ra lớn bất thường ({where}).',
    'The container unpacks to an unreasonable size ({where}).',
  ],
  'container-mimetype-wrong': [
    'Tệp đầu tiên không khai báo đây là gói hồ sơ ASiC-E.',
    'The first file does not declare an ASiC-E container.',
  ],
  'manifest-missing': ['Gói không có danh mục các tệp đã ký.', 'The container has no list of signed files.'],
  'manifest-malformed': [
    'Danh mục các tệp đã ký {where} bị hỏng hoặc không đúng chuẩn.',
    'The list of signed files {where} is damaged or not of the standard’s form.',
  ],
  'archive-manifest-malformed': [
    'Danh mục lưu trữ {where} bị hỏng hoặc không đúng chuẩn.',
    'The archive list {where} is damaged or not of the standard’s form.',
  ],
  'manifest-weak-digest': [
    'Tệp {where} chỉ được bảo vệ bằng thuật toán băm không còn an toàn.',
    'The file {where} is protected only by a digest that is no longer safe.',
  ],
  'manifest-unknown-digest': [
    'Tệp {where} được bảo vệ bằng thuật toán băm mà chương trình không biết.',
    'The file {where} is protected by a digest that this program does not know.',
  ],
  'signature-missing': ['Thiếu tệp chữ ký {where}.', 'The signature file {where} is missing.'],
  'signature-format-unsupported': [
    'Loại chữ ký của {where} chưa được hỗ trợ.',
    'The kind of signature of {where} is not supported.',
  ],
  'document-missing': [
    'Tệp {where} đã bị lấy khỏi gói sau khi ký.',
    'The file {where} was taken out after signing.',
  ],
  'document-changed': ['Tệp {where} đã bị sửa sau khi ký.', 'The file {where} was changed after signing.'],
  'document-unsigned': [
    'Tệp {where} được thêm vào gói mà không có chữ ký nào bảo vệ.',
    'The file {where} stands in the container without a signature that holds over it.',
  ],
  'metadata-disagrees': [
    'Bản mô tả hồ sơ liệt kê khác với các giấy tờ có trong gói.',
    'The dossier’s description lists other papers than the container holds.',
  ],
  // Receipts
  'receipt-malformed': ['Biên nhận bị hỏng.', 'The receipt is damaged.'],
  'receipt-wrong-type': ['Tệp này không phải biên nhận.', 'This is not a receipt.'],
  'receipt-signer-unknown': [
    'Biên nhận không do hệ thống nào trong danh sách tin cậy ký.',
    'The receipt is signed by nobody in the trust list.',
  ],
  'receipt-bad-signature': ['Biên nhận đã bị sửa.', 'The receipt was changed.'],
  // PDFs
  'pdf-unsigned': ['{where} không có chữ ký.', '{where} has no signature.'],
  'pdf-damaged': [
    'Cấu trúc của {where} bị hỏng hoặc bị sửa, nên chữ ký trong đó không còn giá trị.',
    'The structure of {where} is damaged or was changed, so its signatures do not count.',
  ],
  'pdf-encrypted': ['{where} bị khóa bằng mật khẩu.', '{where} is locked by a password.'],
  'pdf-unsupported': [
    'Dạng PDF của {where} chưa được hỗ trợ.',
    'The form of PDF of {where} is not supported.',
  ],
  'pdf-byte-range-wrong': [
    'Phạm vi được ký trong {where} đã bị sửa hoặc bỏ trống: chữ ký không bảo vệ tài liệu.',
    'The signed range in {where} was changed or left open: the signature does not protect the document.',
  ],
  'pdf-contents-wrong': [
    'Vùng chứa chữ ký trong {where} có dữ liệu lạ.',
    'The place of the signature in {where} holds something else as well.',
  ],
  'pdf-revision-wrong': [
    'Phần được ký trong {where} không phải là một tài liệu trọn vẹn.',
    'What is signed in {where} is not a whole document.',
  ],
  'pdf-signature-detached': [
    '{where} có chữ ký đã bị gỡ khỏi tài liệu.',
    '{where} holds a signature that was cut off from the document.',
  ],
  'pdf-signature-unsupported': [
    'Loại chữ ký trong {where} chưa được hỗ trợ.',
    'The kind of signature in {where} is not supported.',
  ],
  'pdf-changed-after-signing': [
    'Tài liệu đã bị sửa sau khi ký: {where}.',
    'The document was changed after signing: {where}.',
  ],
} as const satisfies Record<string, Words>;

export type VerificationCode = keyof typeof sentences;

/** Words of the verifier’s details in Vietnamese. */
const details: readonly (readonly [RegExp, string])[] = [
  [/\bpage-content\b/g, 'nội dung trang'],
  [/\bpage (\d+)/g, 'trang $1'],
  [/\bpage\b/g, 'trang'],
  [/\bannotation\b/g, 'chú thích'],
  [/\bform\b/g, 'biểu mẫu'],
  [/\bcatalogue\b/g, 'danh mục'],
  [/\bfont\b/g, 'phông chữ'],
  [/\bimage\b/g, 'hình ảnh'],
  [/\bobject\b/g, 'đối tượng'],
  [/\bbytes\b/g, 'byte'],
  [/\bheader of\b/g, 'phần mô tả của'],
  [/\bthe two headers of\b/g, 'hai phần mô tả của'],
  [/\bextra field of\b/g, 'trường phụ của'],
  [/\bbehind the end\b/g, 'ở phía sau'],
  [/\bin front or between\b/g, 'ở phía trước hoặc ở giữa'],
  [/\bentry\b/g, 'mục'],
];

/** What was found, as a sentence in both languages. */
export function verificationSentence(finding: { readonly code: VerificationCode; readonly detail: string }): {
  readonly vi: string;
  readonly en: string;
} {
  const [vi, en] = sentences[finding.code];
  const translated = details.reduce((text, [word, to]) => text.replace(word, to), finding.detail);
  return { vi: vi.replace('{where}', () => translated), en: en.replace('{where}', () => finding.detail) };
}
