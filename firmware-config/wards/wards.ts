import hcmc from './hcmc.json' with { type: 'json' };

/** Vietnamese and English name of a ward, commune or special zone by its code; undefined when the list lacks it. */
export function wardName(code: string): { readonly vi: string; readonly en: string } | undefined {
  const ward = hcmc.wards.find((candidate) => candidate.code === code);
  return ward && { vi: ward.vi, en: ward.en };
}
