import { type Line, NO_CHECK, type PageField } from '../page.ts';
import { boundsOfWords, findLabel, lowestConfidence, type Token, tokensOf } from './tokens.ts';

/** Labels before a name, surest first. */
const LABELS: readonly (readonly string[])[] = [
  'ho chu dem ten khai sinh',
  'ho va ten khai sinh',
  'ho chu dem va ten khai sinh',
  'ho ten khai sinh',
  'ho chu dem va ten',
  'ho chu dem ten',
  'ho va ten',
  'ho ten',
  'full name',
  'toi ten la',
  'ten toi la',
  'cap cho',
  'ong ba',
  'ba ong',
  'anh chi',
  'ong',
  'ba',
  'anh',
  'chi',
].map((label) => label.split(' '));

/** Words that may follow a label before its colon: `Họ, chữ đệm, tên người yêu cầu:`, `… của người con:`. */
const MORE_LABEL = new Set(
  'nguoi yeu cau di khai sinh me cha chong vo con duoc cua chu ho ben nam nu full name chet da mat benh nhan hoc sinh tre em in hoa chu dem ten va khai ong ba anh chi la viet phu lao dong'.split(
    ' ',
  ),
);
const ADDRESS = new Set(['full', 'name', 'ong', 'ba', 'anh', 'chi']);
const MAX_NAME_WORDS = 7;

/** Names of people behind their labels, best first; those on the line under a bare label too. Spelt as printed. */
export function findFullNames(lines: readonly Line[]): readonly PageField[] {
  const found: { field: PageField; rank: number }[] = [];
  const add = (tokens: readonly Token[], order: number, line: number) => {
    const words = [...new Set(tokens.map((token) => token.word))];
    const value = tokens
      .map((token) => token.text)
      .join(' ')
      .normalize('NFC');
    found.push({
      field: {
        name: 'fullName',
        value,
        box: boundsOfWords(words),
        confidence: lowestConfidence(words),
        check: NO_CHECK,
      },
      rank: (order < 9 ? 100 : 60 - order) - line * 0.5,
    });
  };
  lines.forEach((line, at) => {
    const tokens = tokensOf(line);
    let from = 0;
    while (from < tokens.length) {
      const label = firstLabel(tokens, from);
      if (label === undefined) break;
      const start = skipLabel(tokens, label.end);
      let words = nameAt(tokens, start);
      const below = lines[at + 1];
      if (words.length === 0 && start >= tokens.length && below !== undefined && label.order < 9)
        words = nameAt(tokensOf(below), 0);
      const wrapped = wrappedName(tokens, words, below);
      if (wrapped.length > 0) add(wrapped, label.order, at);
      if (words.length >= 2) add(words, label.order, at + (wrapped.length > 0 ? 0.2 : 0));
      from = Math.max(label.end, start);
    }
  });
  const best = new Map<string, PageField>();
  for (const { field } of found.sort((a, b) => b.rank - a.rank))
    if (!best.has(field.value.toLowerCase())) best.set(field.value.toLowerCase(), field);
  return [...best.values()];
}

/** A name in capitals that fills its line and goes on, alone, on the next: narrow columns of certificates. */
function wrappedName(
  line: readonly Token[],
  name: readonly Token[],
  below: Line | undefined,
): readonly Token[] {
  if (name.length < 2 || below === undefined || name.at(-1) !== line.at(-1)) return [];
  const rest = tokensOf(below);
  const isName = rest.every((token) => isUpper(token.text) && /^[\p{L}\p{M}]+$/u.test(token.text));
  return rest.length >= 1 && rest.length <= 3 && isName && name.every((token) => isUpper(token.text))
    ? [...name, ...rest]
    : [];
}

function firstLabel(tokens: readonly Token[], from: number) {
  let first: { start: number; end: number; order: number } | undefined;
  LABELS.forEach((label, order) => {
    const start = findLabel(tokens, label, from);
    if (start < 0 || (label[0] === 'chi' && /ỉ/i.test(tokens[start]!.text.normalize('NFC')))) return;
    if (first === undefined || start < first.start) first = { start, end: start + label.length, order };
  });
  return first as { start: number; end: number; order: number } | undefined;
}

/** Where the name begins: `của người con:` still belongs to its label. */
export function skipLabel(tokens: readonly Token[], from: number): number {
  let at = from;
  // A colon ends the label, even if a name's first word looks like one of its words.
  while (at < tokens.length && !/[:：]/.test(tokens[at - 1]?.stop ?? '') && isMoreLabel(tokens[at]!)) at += 1;
  return at;
}

/** A label goes on in small letters; capitals begin the name, but for the second language and forms of address. */
function isMoreLabel(token: Token): boolean {
  if (/^\d+$/.test(token.text)) return true;
  if (ADDRESS.has(token.folded)) return true;
  return !isCapitalised(token.text) && MORE_LABEL.has(token.folded);
}

/** The words of a name from here on; none when no name begins here. */
export function nameAt(tokens: readonly Token[], from: number): readonly Token[] {
  const name: Token[] = [];
  for (let at = from; at < tokens.length && name.length < MAX_NAME_WORDS; at += 1) {
    const token = tokens[at]!;
    if (!isCapitalised(token.text) || !/^[\p{L}\p{M}'’]+$/u.test(token.text)) break;
    if (name.length > 0 && startsLabel(tokens, at)) break;
    // NGUYỄN VĂN AN Nam: a change from capitals to title case is another value.
    // A letter alone (Y Khim Niê) is in either.
    const before = name.find(({ text }) => text.length > 1);
    if (before !== undefined && token.text.length > 1 && isUpper(before.text) !== isUpper(token.text)) break;
    name.push(token);
    if (/[,;:.()]|\s[-–]/.test(token.stop)) break;
  }
  return name;
}

const NEXT_LABELS: readonly (readonly string[])[] = [
  'gioi tinh',
  'ngay sinh',
  'sinh ngay',
  'nam sinh',
  'ngay thang',
  'dan toc',
  'quoc tich',
  'nam nu',
  'so dinh',
  'so cccd',
  'cccd',
  'cmnd',
  'can cuoc',
  'noi cu',
  'noi sinh',
  'que quan',
  'dia chi',
  'sinh nam',
  'ho chu',
  'ho va',
  'date of',
  'sex',
  'chuc vu',
  'dien thoai',
  'ma so',
  'ma sinh vien',
  'ma hoc sinh',
  'chuc danh',
  'ton giao',
  'lop',
  'nghe nghiep',
].map((label) => label.split(' '));

function startsLabel(tokens: readonly Token[], at: number): boolean {
  return NEXT_LABELS.some((label) => label.every((word, index) => tokens[at + index]?.folded === word));
}

export function isCapitalised(text: string): boolean {
  return /^\p{Lu}/u.test(text.normalize('NFC'));
}

export function isUpper(text: string): boolean {
  return text === text.toUpperCase();
}
