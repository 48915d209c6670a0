/** What the document says about itself; Vietnamese as it is. */
export interface PdfMeta {
  readonly title: string;
  /** BCP 47, e.g. `vi-VN`. */
  readonly language: string;
  readonly createdAt: Date;
  /** The program that made it, with its version. */
  readonly producer: string;
  readonly author?: string;
  /** Where the paper came from; each fact that is known is written to the XMP metadata. */
  readonly digitisation?: DigitisationFacts;
}

export interface DigitisationFacts {
  readonly digitisedAt: Date;
  /** Code of the administrative procedure, e.g. `1.001193`. */
  readonly procedureCode?: string;
  /** Kind of the paper, as a person calls it. */
  readonly paperKind?: string;
  /** The kiosk's own identifier of the dossier, which it has from its first page on. */
  readonly dossierId?: string;
  /** Dossier code (mã hồ sơ), e.g. `H29.15-261008-0975`: the city gives it when it receives the dossier. */
  readonly dossierCode?: string;
  readonly kioskId?: string;
}

/** `2b`: ISO 19005-2, PDF 1.7. `1b`: ISO 19005-1, PDF 1.4, for archives whose rules still name it. */
export type PdfaLevel = '2b' | '1b';

/** The meta with every text fit for XML and for PDF alike, so that Info dictionary and XMP say the same. */
export function cleanMeta(meta: PdfMeta): PdfMeta {
  const { author, digitisation } = meta;
  return {
    ...meta,
    title: clean(meta.title),
    language: clean(meta.language),
    producer: clean(meta.producer),
    ...(author !== undefined && { author: clean(author) }),
    ...(digitisation && { digitisation: cleanFacts(digitisation) }),
  };
}

function cleanFacts({ digitisedAt, ...texts }: DigitisationFacts): DigitisationFacts {
  const known = Object.entries(texts).filter(([, text]) => text !== undefined);
  return { digitisedAt, ...Object.fromEntries(known.map(([name, text]) => [name, clean(text)])) };
}

const MAX_LENGTH = 1_000;

function clean(text: string): string {
  const printable = text.toWellFormed().replace(/[\p{Cc}\ufffe\uffff]+/gu, ' ');
  return printable.normalize('NFC').trim().slice(0, MAX_LENGTH).toWellFormed();
}
