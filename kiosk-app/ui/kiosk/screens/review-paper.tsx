import type { PaperView } from '@motcua/contract';
import { useState } from 'react';
import { ActionButton } from '../../components/action-button.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { fieldsOf } from '../state/findings.ts';
import { FIELD_NAMES } from './difference-card.tsx';
import { PageThumbnail } from './page-thumbnail.tsx';
import { ReadFields } from './read-fields.tsx';

/** A paper: its pages, what agrees with the card, and, folded, everything that was read. */
export function ReviewPaper({
  paper,
  onOpen,
}: {
  readonly paper: PaperView;
  readonly onOpen: (pageId: string) => void;
}) {
  const { t, say } = useTexts();
  const [unfolded, setUnfolded] = useState(false);
  const same = fieldsOf(paper, 'same')
    .map((field) => t(FIELD_NAMES[field]))
    .join(', ');
  const kind = paper.pages.find((page) => page.kind)?.kind;
  const fields = paper.pages.reduce((sum, page) => sum + page.fields.length, 0);
  return (
    <section className="panel review-paper" aria-label={say(paper.name)}>
      <div className="review-paper-words">
        <h2>{say(paper.name)}</h2>
        <p className="small">
          {t('papers.pages', { count: paper.pages.length })}
          {kind && ` · ${t('review.looks-like', { kind: say(kind) })}`}
        </p>
        {same && <p className="small review-same">{t('review.same', { fields: same })}</p>}
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
      {fields > 0 && (
        <div className="review-fold">
          <ActionButton
            kind="quiet"
            icon={unfolded ? 'up' : 'down'}
            isExpanded={unfolded}
            onPress={() => setUnfolded(!unfolded)}
          >
            {t(unfolded ? 'review.fold' : 'review.unfold', { count: fields })}
          </ActionButton>
          {unfolded && paper.pages.map((page) => <ReadFields key={page.id} fields={page.fields} />)}
        </div>
      )}
    </section>
  );
}
