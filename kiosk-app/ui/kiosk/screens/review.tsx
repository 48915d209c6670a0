import { useState } from 'react';
import { ActionButton } from '../../components/action-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { countPages, differences, placedPages } from '../state/findings.ts';
import { useVisit } from '../state/kiosk-context.tsx';
import { BadPages } from './bad-pages.tsx';
import { DifferenceCard } from './difference-card.tsx';
import { MissingFields } from './missing-fields.tsx';
import { PageSheet } from './page-sheet.tsx';
import { ReviewPaper } from './review-paper.tsx';

/** What disagrees comes first; the button that files the dossier cannot be overlooked. */
export function ReviewScreen() {
  const { t, say } = useTexts();
  const { visit, send, sending } = useVisit();
  const [openPage, setOpenPage] = useState<string | null>(null);
  const different = differences(visit.papers);
  const unread = countPages(visit.papers, ['failed']);
  const reading = countPages(visit.papers, ['waiting', 'reading']);
  const opened = placedPages(visit.papers).find(({ page }) => page.id === openPage);

  return (
    <Screen
      name="review"
      title={t('review.title')}
      actions={
        <div className="last-step">
          <p>
            <strong>{t('review.last-step')}.</strong> {t('review.last-step-text')}
          </p>
          <ActionButton icon="back" onPress={() => send({ type: 'back' })}>
            {t('review.change')}
          </ActionButton>
          <ActionButton
            kind="primary"
            size="large"
            isPending={sending === 'submit'}
            onPress={() => send({ type: 'submit' })}
          >
            {t('review.submit')}
          </ActionButton>
        </div>
      }
    >
      <ScrollArea label={t('review.title')}>
        <div className="stack">
          <BadPages papers={visit.papers} onOpen={setOpenPage} />
          {different.length > 0 && (
            <section className="differences" aria-label={t('review.different')}>
              <Notice tone="warning">
                <p className="notice-what">{t('review.different')}</p>
                <p>{t('review.different-hint')}</p>
              </Notice>
              <ul className="stack">
                {different.map((difference) => (
                  <li key={`${difference.page.id}-${difference.finding.field}`}>
                    <DifferenceCard difference={difference} card={visit.identity.card} onOpen={setOpenPage} />
                  </li>
                ))}
              </ul>
            </section>
          )}
          <MissingFields papers={visit.papers} />
          <dl className="review-facts">
            {visit.identity.card && (
              <div>
                <dt>{t('review.submitter')}</dt>
                <dd>{visit.identity.card.name}</dd>
              </div>
            )}
            {visit.procedure && (
              <div>
                <dt>{t('review.procedure')}</dt>
                <dd>{say(visit.procedure.name)}</dd>
              </div>
            )}
          </dl>
          {visit.papers
            .filter((paper) => paper.pages.length > 0)
            .map((paper) => (
              <ReviewPaper key={paper.code} paper={paper} onOpen={setOpenPage} />
            ))}
          {unread > 0 && <Notice tone="plain">{t('review.unread', { count: unread })}</Notice>}
          {reading > 0 && (
            <Notice tone="plain" role="status">
              {t('review.reading', { count: reading })}
            </Notice>
          )}
        </div>
      </ScrollArea>
      {opened && (
        <PageSheet
          key={opened.page.id}
          page={opened.page}
          title={t('review.in-page', { paper: say(opened.paper.name), number: opened.number })}
          onClose={() => setOpenPage(null)}
        />
      )}
    </Screen>
  );
}
