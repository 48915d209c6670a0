import { type ChipContent, type ChipContentOptions, drawPortrait, issueChip } from './chip-files.ts';
import { sampleChipPerson } from './data-groups.ts';
import { createTestAuthority } from './test-authority.ts';

/** A made-up person's chip by an authority that was made for it. */
export async function sampleChip(options: Partial<ChipContentOptions> = {}): Promise<ChipContent> {
  return issueChip({
    person: sampleChipPerson,
    authority: options.authority ?? createTestAuthority(),
    portrait: options.portrait ?? (await drawPortrait()),
    ...options,
  });
}
