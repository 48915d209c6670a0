/** Vietnamese code pages that printers have as fonts of their own. Which number selects one differs from model to model. */
export const codePageNames = ['tcvn-3', 'viscii', 'windows-1258'] as const;
export type CodePageName = (typeof codePageNames)[number];

/** Letters of bytes 80 to FF; a space where a page has none that stands alone. */
const UPPER_HALVES: Readonly<Record<CodePageName, () => string>> = {
  // TCVN 5712:1993 VN3: small letters, and of the capitals Ă Â Ê Ô Ơ Ư Đ.
  'tcvn-3': () =>
    '                                 ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ ' +
    '      ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ ',
  // RFC 1456. Six capitals lie on control codes, where a printer would obey them.
  viscii: () =>
    'ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ' +
    'ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ',
  // Tones that are combined (two bytes a letter) would take a place of their own on paper.
  'windows-1258': () =>
    new TextDecoder('windows-1258')
      .decode(Uint8Array.from({ length: 128 }, (_, at) => 128 + at))
      .replace(/[^\p{L}]/gu, ' '),
};

const FIRST = 0x80;

/** The letters of a page's upper half by their bytes. */
export function codePage(name: CodePageName): ReadonlyMap<string, number> {
  return new Map(
    [...UPPER_HALVES[name]()]
      .map((letter, at) => [letter, FIRST + at] as const)
      .filter(([letter]) => letter !== ' '),
  );
}

/** The text in the page's bytes; null when it has a letter that the page lacks. */
export function encodeText(text: string, page: ReadonlyMap<string, number>): Uint8Array | null {
  const bytes = [...text].map((letter) =>
    letter >= ' ' && letter <= '~' ? letter.charCodeAt(0) : page.get(letter),
  );
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : null;
}

/** The letter of one byte; `?` where the page has none. */
export function letterOf(byte: number, name: CodePageName): string {
  if (byte < FIRST) return String.fromCharCode(byte);
  const letter = UPPER_HALVES[name]()[byte - FIRST] ?? ' ';
  return letter === ' ' ? '?' : letter;
}
