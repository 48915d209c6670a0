import { listSpecimens, specimenPeople } from '@motcua/ocr-pipeline/specimens';

/** Which papers the demo hands in, and for which procedure. */
export interface VisitPlan {
  readonly procedure: { readonly name: string; readonly query: string };
  readonly cardText: string;
  /** In the order of the checklist's required papers. */
  readonly papers: readonly (readonly string[])[];
}

/** Null: specimens of the repository. */
export function planVisit(files: readonly string[] | null): VisitPlan {
  const people = specimenPeople();
  if (files) {
    const submitter = people.find(({ cardText }) => cardText);
    return {
      procedure: { name: 'Chứng thực bản sao từ bản chính', query: 'chung thuc' },
      cardText: submitter?.cardText ?? '',
      papers: [files],
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
  };
}
