import type { PaperView } from '@motcua/contract';
import { useTexts } from '../../i18n/text.tsx';
import { fieldsOf } from '../state/findings.ts';
import { FIELD_NAMES } from './difference-card.tsx';
import { PageThumbnail } from './page-thumbnail.tsx';

export function ReviewPaper({
  paper,
  onOpen,
}: {
  readonly paper: PaperView;
  readonly onOpen: (pageId: string) => void;
}) {
  const { t, say } = useTexts();
  const list = (status: 'same' | 'missing') =>
    fieldsOf(paper, status)
      .map((field) => t(FIELD_NAMES[field]))
      .join(', ');
  const same = list('same');
  const missing = list('missing');
  const kind = paper.pages.find((page) => page.kind)?.kind;
  return (
    <section className="review-paper" aria-label={say(paper.name)}>
      <div className="review-paper-words">
        <h2>{say(paper.name)}</h2>
        <p className="small">
          {t('papers.pages', { count: paper.pages.length })}
          {kind && ` · ${t('review.looks-like', { kind: say(kind) })}`}
        </p>
        {same && <p className="small review-same">{t('review.same', { fields: same })}</p>}
        {missing && <p className="small">{t('review.not-found', { fields: missing })}</p>}
      </div>
      <ul className="thumbnails">
        {paper.pages.map((page, index) => (
          <li key={page.id}>
            <PageThumbnail
              page={page}
              number={index + 1}
              paperName={say(paper.name)}
              isReplaced={false}
              onOpen={() => onOpen(page.id)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
