import type { SlipBlock } from '@motcua/device-drivers';
import { label, type SlipLanguage } from './wording.ts';

export interface SlipPaper {
  /** The paper's official Vietnamese name. */
  readonly name: string;
  readonly pages: number;
}

/** A receipt lists this many papers; the dossier holds them all. */
const MAX_LISTED = 40;

/** No., name, pages: the list of papers of form 01. */
export function papersTable(papers: readonly SlipPaper[], language: SlipLanguage): SlipBlock[] {
  const listed = papers
    .slice(0, MAX_LISTED)
    .map((paper, index) => [`${index + 1}`, paper.name, `${paper.pages}`]);
  const rest = papers.slice(MAX_LISTED);
  const restPages = rest.reduce((sum, paper) => sum + paper.pages, 0);
  return [
    { type: 'space', millimetres: 1 },
    {
      type: 'text',
      text: label({ vi: 'Giấy tờ đã nộp', en: 'papers received' }, language),
      weight: 'bold',
    },
    {
      type: 'table',
      columns: [6, 49, 11],
      align: ['left', 'left', 'right'],
      header: ['TT', 'Tên giấy tờ', 'Trang'],
      rows: rest.length === 0 ? listed : [...listed, ['', `và ${rest.length} giấy tờ khác`, `${restPages}`]],
    },
  ];
}
