/**
 * ToUnicode CMap of a font of two-byte codes (ISO 32000-2, 9.10.3): which character each code stands for, so that text
 * can be copied. `pairs`: code and code point, by rising code.
 */
export function toUnicodeMap(pairs: readonly (readonly [code: number, codePoint: number])[]): string {
  const lines = pairs.map(([code, codePoint]) => `<${hexCode(code)}> <${utf16(codePoint)}>`);
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
}

/** A two-byte code as it stands between the brackets of a hexadecimal string. */
export function hexCode(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}

function utf16(codePoint: number): string {
  const units = String.fromCodePoint(codePoint);
  return Array.from({ length: units.length }, (_, at) => hexCode(units.charCodeAt(at))).join('');
}
