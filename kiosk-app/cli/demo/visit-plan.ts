import type { SinglePicture } from '@motcua/ocr-pipeline';
import { listSpecimens, specimenPeople } from '@motcua/ocr-pipeline/specimens';

/** Which papers the demo hands in, and for which procedure. */
export interface VisitPlan {
  readonly procedure: { readonly name: string; readonly query: string };
  readonly cardText: string;
  /** In the order of the checklist's required papers. */
  readonly papers: readonly (readonly string[])[];
  /** The file that a laid picture was taken from: itself, or a TIFF or PDF of several pages. */
  readonly fileOf: (picture: string) => string;
}

/** Null: specimens of the repository. */
export function planVisit(pages: readonly SinglePicture[] | null): VisitPlan {
  const people = specimenPeople();
  if (pages) {
    const files = new Map(pages.map(({ picture, file }) => [picture, file]));
    const submitter = people.find(({ cardText }) => cardText);
    return {
      procedure: { name: 'Chứng thực bản sao từ bản chính', query: 'chung thuc' },
      cardText: submitter?.cardText ?? '',
      papers: [[...files.keys()]],
      fileOf: (picture) => files.get(picture) ?? picture,
    };
  }
  const specimens = listSpecimens();
  const form = specimens.find(({ kind }) => kind === 'birth-registration-form');
  const submitter = people.find(({ id }) => id === form?.person);
  const own = (kind: string) =>
    specimens.filter((specimen) => specimen.kind === kind && specimen.person === submitter?.id).slice(0, 1);
  const kinds = ['birth-registration-form', 'live-birth-notice', 'citizen-card'];
  return {
    procedure: { name: 'Đăng ký khai sinh', query: 'khai sinh' },
    cardText: submitter?.cardText ?? '',
    papers: kinds.map((kind) => own(kind).map(({ file }) => file)),
    fileOf: (picture) => picture,
  };
}
