import type { PaperView } from '@motcua/contract';
import { ActionButton } from '../../components/action-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { badPages } from '../state/quality.ts';

/** On the review screen, before the pages that are fine: those of which a part cannot be read. */
export function BadPages({
  papers,
  onOpen,
}: {
  readonly papers: readonly PaperView[];
  readonly onOpen: (pageId: string) => void;
}) {
  const { t, say } = useTexts();
  const bad = badPages(papers);
  if (bad.length === 0) return null;
  return (
    <section className="differences" aria-label={t('review.unclear')}>
      <Notice tone="warning">
        <p className="notice-what">{t('review.unclear')}</p>
        <p>{t('review.unclear-hint')}</p>
      </Notice>
      <ul className="stack">
        {bad.map(({ paper, page, number, remark }) => (
          <li key={page.id} className="panel difference bad-page">
            <img src={page.thumbnailUrl} alt="" draggable={false} />
            <div className="bad-page-words">
              <p className="difference-field">{t('review.in-page', { paper: say(paper.name), number })}</p>
              <p>{say(remark.problem.what)}</p>
            </div>
            <ActionButton icon="search" onPress={() => onOpen(page.id)}>
              {t('review.look')}
            </ActionButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
