import { readTlvs } from '../tlv.ts';

/** The data groups that EF.COM lists, by number (9303-10, 4.6.1). Not signed: a hint, nothing more. */
export function parseCom(bytes: Uint8Array): readonly number[] {
  const outer = readTlvs(bytes, { maxSiblings: 1 });
  const parts = outer.ok && outer.value[0]?.tag === 0x60 ? readTlvs(outer.value[0].value) : undefined;
  const tags = parts?.ok ? parts.value.find((each) => each.tag === 0x5c)?.value : undefined;
  return [...(tags ?? [])].flatMap((tag) => {
    const number = DATA_GROUP_TAGS.indexOf(tag) + 1;
    return number > 0 ? [number] : [];
  });
}

/** Template tags of DG1 to DG16. */
const DATA_GROUP_TAGS: readonly number[] = [
  0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70,
];
