import type { SpecimenPerson } from '../people.ts';

/** A clean paper before it is printed and scanned. */
export interface Paper {
  /** A code of `understanding/kinds`. */
  readonly kind: string;
  /** Millimetres. */
  readonly width: number;
  readonly height: number;
  readonly html: string;
  /** Whom the paper is about (a certificate) or who fills it in (a form); null when nobody is named. */
  readonly subject: SpecimenPerson | null;
  /** Which of the subject's data the paper prints. */
  readonly prints: readonly ('personNumber' | 'fullName' | 'birthDate')[];
}

export const a4 = { width: 210, height: 297 } as const;
export const a4Landscape = { width: 297, height: 210 } as const;
export const a5Landscape = { width: 210, height: 148 } as const;
export const everything = ['personNumber', 'fullName', 'birthDate'] as const;
