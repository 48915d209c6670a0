import type { PaperView } from '@motcua/contract';
import { ActionButton } from '../../components/action-button.tsx';
import { PaperOnGlass } from '../../components/illustrations/paper-on-glass.tsx';
import { Notice, ProblemNotice } from '../../components/notice.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { isOutOfOrder } from '../state/devices.ts';
import { useKiosk, useVisit } from '../state/kiosk-context.tsx';
import { mostUnclear } from '../state/quality.ts';
import { PageThumbnail } from './page-thumbnail.tsx';
import { UnclearPageNotice } from './unclear-page.tsx';

export function CurrentPaper({
  paper,
  onOpen,
}: {
  readonly paper: PaperView;
  readonly onOpen: (pageId: string) => void;
}) {
  const { t, say } = useTexts();
  const { view } = useKiosk();
  const { visit, send, sending } = useVisit();
  const scanning = visit.scan.state === 'scanning';
  const arriving = scanning && visit.scan.paperCode === paper.code && !visit.scan.replacesPage;
  const trouble = isOutOfOrder(view.devices, 'document-scanner');
  const unclear = mostUnclear(paper);
  const empty = paper.pages.length === 0 && !arriving;

  return (
    <section className="panel current-paper" aria-label={say(paper.name)}>
      <div>
        <h2>{say(paper.name)}</h2>
        {paper.hint && <p className="small">{say(paper.hint)}</p>}
      </div>
      {visit.scan.problem && <ProblemNotice problem={visit.scan.problem} />}
      {trouble && !visit.scan.problem && (
        <Notice tone="warning" role="alert">
          {t('papers.scanner-trouble')}
        </Notice>
      )}
      {unclear && !scanning && !visit.scan.problem && (
        <UnclearPageNotice
          unclear={unclear}
          action={t('page.rescan')}
          isPending={sending === 'rescan-page'}
          isDisabled={trouble}
          onAction={() => send({ type: 'rescan-page', pageId: unclear.page.id })}
        />
      )}
      <div className="current-pages">
        {empty ? (
          <div className="paper-wanted">
            <PaperOnGlass label={t('papers.illustration')} />
            <p>{t('papers.place')}</p>
          </div>
        ) : (
          <ScrollArea label={say(paper.name)}>
            <ul className="thumbnails">
              {paper.pages.map((page, index) => (
                <li key={page.id}>
                  <PageThumbnail
                    page={page}
                    number={index + 1}
                    paperName={say(paper.name)}
                    isReplaced={scanning && visit.scan.replacesPage === page.id}
                    onOpen={() => onOpen(page.id)}
                  />
                </li>
              ))}
              {arriving && (
                <li className="thumbnail arriving" aria-hidden="true">
                  <span className="thumbnail-picture">
                    <span className="arriving-light" />
                  </span>
                </li>
              )}
            </ul>
          </ScrollArea>
        )}
      </div>
      {scanning ? (
        <div className="scan-running">
          <p role="status">{t('papers.scanning')}</p>
          <ActionButton isPending={sending === 'cancel-scan'} onPress={() => send({ type: 'cancel-scan' })}>
            {t('papers.cancel-scan')}
          </ActionButton>
        </div>
      ) : (
        <ActionButton
          kind={empty ? 'primary' : 'secondary'}
          size={unclear ? 'normal' : 'large'}
          icon="scan"
          isDisabled={trouble}
          isPending={sending === 'scan-paper'}
          onPress={() => send({ type: 'scan-paper', paperCode: paper.code })}
        >
          {t(empty ? 'papers.scan' : 'papers.scan-more')}
        </ActionButton>
      )}
    </section>
  );
}
