const REPLACEMENT = 0xfffd;
/** The codes that no character of the basic plane uses: the numbers of the surrogates. */
const FIRST_SPARE = 0xd800;
const LAST_SPARE = 0xdfff;

/** What has no place in a text to be copied: controls, invisible formatting, private and unassigned characters. */
const unusable = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu;

/** NFC, without controls and invisible formatting; runs of white space become one space; a lone surrogate becomes U+FFFD. */
export function cleanText(text: string): string {
  return text.toWellFormed().normalize('NFC').replace(/\s+/gu, ' ').replace(unusable, '').trim();
}

/**
 * Character codes of the invisible text of one document: two bytes each, equal to the character's number. Characters
 * beyond the basic plane take the numbers of the surrogates, in order of appearance.
 */
export interface TextEncoding {
  /** Hexadecimal string operand, without the brackets. */
  encode(text: string): string;
  /** Number of glyphs that `encode` shows. */
  length(text: string): number;
  /** ToUnicode CMap of exactly what was encoded so far. */
  toUnicode(): string;
}

export function createTextEncoding(): TextEncoding {
  const characterOf = new Map<number, number>();
  const spareOf = new Map<number, number>();
  const codeOf = (character: number): number => {
    if (character <= 0xffff) return character;
    const known = spareOf.get(character);
    if (known !== undefined) return known;
    const next = FIRST_SPARE + spareOf.size;
    if (next > LAST_SPARE) return REPLACEMENT;
    spareOf.set(character, next);
    return next;
  };
  return {
    length: (text) => [...text].length,
    encode(text) {
      const codes = Array.from(text, (each) => {
        const character = each.codePointAt(0)!;
        const code = codeOf(character);
        characterOf.set(code, code === REPLACEMENT ? REPLACEMENT : character);
        return hex(code);
      });
      return codes.join('');
    },
    toUnicode() {
      const pairs = [...characterOf].sort(([a], [b]) => a - b);
      const lines = pairs.map(([code, character]) => `<${hex(code)}> <${utf16(character)}>`);
      // A block takes at most 100 entries (Adobe Technical Note 5411).
      const blocks = Array.from({ length: Math.ceil(lines.length / 100) }, (_, index) => {
        const block = lines.slice(index * 100, index * 100 + 100);
        return `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`;
      });
      return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
${blocks.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
`;
    },
  };
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}

function utf16(character: number): string {
  return Array.from({ length: character > 0xffff ? 2 : 1 }, (_, index) =>
    hex(String.fromCodePoint(character).charCodeAt(index)),
  ).join('');
}
