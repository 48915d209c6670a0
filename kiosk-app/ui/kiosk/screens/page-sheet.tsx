import type { PageView } from '@motcua/contract';
import { useState } from 'react';
import { ActionButton } from '../../components/action-button.tsx';
import { KioskDialog } from '../../components/kiosk-dialog.tsx';
import { Notice, ProblemNotice } from '../../components/notice.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { useVisit } from '../state/kiosk-context.tsx';

/** More would leave no room for the page; when these are mended, the others are, too. */
const MOST_REMARKS = 2;

/** One page large: look closer, turn, scan again, remove. It closes by itself when its page goes. */
export function PageSheet({
  page,
  title,
  onClose,
}: {
  readonly page: PageView;
  readonly title: string;
  readonly onClose: () => void;
}) {
  const { t } = useTexts();
  const { visit, send, sending } = useVisit();
  const [large, setLarge] = useState(false);
  const [asking, setAsking] = useState(false);
  const scanning = visit.scan.state === 'scanning';
  const unclear = page.problem !== null || page.quality.length > 0;

  const actions = asking ? (
    <>
      <ActionButton
        kind="danger"
        icon="remove"
        isPending={sending === 'remove-page'}
        onPress={() => send({ type: 'remove-page', pageId: page.id })}
      >
        {t('page.remove-yes')}
      </ActionButton>
      <ActionButton kind="primary" onPress={() => setAsking(false)}>
        {t('page.remove-no')}
      </ActionButton>
    </>
  ) : (
    <>
      <ActionButton icon={large ? 'smaller' : 'larger'} onPress={() => setLarge(!large)}>
        {t(large ? 'page.smaller' : 'page.larger')}
      </ActionButton>
      <ActionButton
        icon="turn"
        isPending={sending === 'turn-page'}
        onPress={() => send({ type: 'turn-page', pageId: page.id, degrees: 90 })}
      >
        {t('page.turn')}
      </ActionButton>
      {visit.step === 'papers' && (
        <ActionButton
          kind={unclear ? 'primary' : 'secondary'}
          icon="scan"
          isDisabled={scanning}
          isPending={sending === 'rescan-page'}
          onPress={() => {
            send({ type: 'rescan-page', pageId: page.id });
            onClose();
          }}
        >
          {t('page.rescan')}
        </ActionButton>
      )}
      <ActionButton icon="remove" isDisabled={scanning} onPress={() => setAsking(true)}>
        {t('page.remove')}
      </ActionButton>
      <ActionButton kind={unclear ? 'secondary' : 'primary'} onPress={onClose}>
        {t('frame.close')}
      </ActionButton>
    </>
  );

  return (
    <KioskDialog title={title} size="full" onClose={onClose} actions={actions}>
      <div className="page-sheet">
        {asking ? (
          <Notice tone="warning" role="alert">
            {t('page.remove-question')}
          </Notice>
        ) : page.problem ? (
          <ProblemNotice problem={page.problem} />
        ) : page.quality.length > 0 ? (
          <div className="stack">
            {page.quality.slice(0, MOST_REMARKS).map(({ problem }) => (
              <ProblemNotice key={problem.code} problem={problem} />
            ))}
          </div>
        ) : (
          <p>{t('page.rescan-how')}</p>
        )}
        <div className="page-picture" data-large={large || undefined}>
          {large ? (
            <ScrollArea label={title}>
              <img src={page.imageUrl} alt={title} draggable={false} />
            </ScrollArea>
          ) : (
            <img src={page.imageUrl} alt={title} draggable={false} />
          )}
        </div>
      </div>
    </KioskDialog>
  );
}
