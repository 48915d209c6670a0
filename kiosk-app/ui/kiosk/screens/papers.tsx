import type { PaperView } from '@motcua/contract';
import { useState } from 'react';
import { ActionButton } from '../../components/action-button.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { useVisit } from '../state/kiosk-context.tsx';
import { Checklist } from './checklist.tsx';
import { CurrentPaper } from './current-paper.tsx';
import { PageSheet } from './page-sheet.tsx';

const isMissing = (paper: PaperView) => paper.required && paper.pages.length === 0;

/** One paper at a time; the list shows what is there and what is missing. */
export function PapersScreen() {
  const { t, say } = useTexts();
  const { visit, send, sending } = useVisit();
  const { papers } = visit;
  const [chosen, setChosen] = useState(
    () => visit.scan.paperCode ?? (papers.find(isMissing) ?? papers[0])?.code ?? null,
  );
  const [openPage, setOpenPage] = useState<string | null>(null);
  const current = papers.find((paper) => paper.code === chosen) ?? papers[0];
  const missing = papers.filter(isMissing);
  const next = current && !isMissing(current) ? missing[0] : undefined;
  const opened = papers
    .flatMap((paper) => paper.pages.map((page, index) => ({ paper, page, index })))
    .find(({ page }) => page.id === openPage);
  const isScanning = visit.scan.state === 'scanning';

  return (
    <Screen
      name="papers"
      title={t('papers.title')}
      actions={
        <>
          <p className="papers-state" role="status">
            {missing.length === 0
              ? t('papers.all-there')
              : missing.length === 1
                ? t('papers.missing-one', { name: say(missing[0]!.name) })
                : t('papers.missing-many', { count: missing.length })}
          </p>
          {next ? (
            <ActionButton
              kind="primary"
              icon="next"
              iconLast
              isDisabled={isScanning}
              onPress={() => setChosen(next.code)}
            >
              {t('papers.next', { name: say(next.name) })}
            </ActionButton>
          ) : (
            <ActionButton
              kind={missing.length === 0 ? 'primary' : 'secondary'}
              icon="next"
              iconLast
              isDisabled={missing.length > 0 || isScanning}
              isPending={sending === 'review'}
              onPress={() => send({ type: 'review' })}
            >
              {t('papers.review')}
            </ActionButton>
          )}
        </>
      }
    >
      <div className="papers">
        <Checklist papers={papers} current={current?.code ?? null} onChoose={setChosen} />
        {current && <CurrentPaper key={current.code} paper={current} onOpen={setOpenPage} />}
      </div>
      {opened && (
        <PageSheet
          key={opened.page.id}
          page={opened.page}
          title={t('review.in-page', { paper: say(opened.paper.name), number: opened.index + 1 })}
          onClose={() => setOpenPage(null)}
        />
      )}
    </Screen>
  );
}
