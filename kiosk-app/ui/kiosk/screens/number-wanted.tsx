import type { ReactNode } from 'react';
import { ActionButton } from '../../components/action-button.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { useVisit } from '../state/kiosk-context.tsx';

export function NumberWanted() {
  const { t, say } = useTexts();
  const { visit, send, sending } = useVisit();
  const procedure = visit.procedure;
  return (
    <Screen
      name="number"
      title={procedure ? say(procedure.name) : t('number.title')}
      actions={
        <>
          <ActionButton icon="back" onPress={() => send({ type: 'back' })}>
            {t('frame.back')}
          </ActionButton>
          <ActionButton
            kind="primary"
            size="large"
            isPending={sending === 'take-number'}
            onPress={() => send({ type: 'take-number' })}
          >
            {t('number.take')}
          </ActionButton>
        </>
      }
    >
      {procedure && (
        <ScrollArea label={t('number.title')}>
          <div className="terms">
            <Term icon="clock" title={t('number.duration')}>
              <p>{say(procedure.duration)}</p>
            </Term>
            <Term icon="money" title={t('number.fee')}>
              <p>{say(procedure.fee)}</p>
            </Term>
            <Term icon="paper" title={t('number.papers')}>
              {procedure.papers.length === 0 ? (
                <p>{t('number.no-papers')}</p>
              ) : (
                <ul className="term-papers">
                  {procedure.papers.map((paper) => (
                    <li key={paper.code}>
                      {say(paper.name)}
                      {!paper.required && <span className="small"> ({t('number.optional')})</span>}
                      {paper.hint && <p className="small">{say(paper.hint)}</p>}
                    </li>
                  ))}
                </ul>
              )}
            </Term>
            {!procedure.confirmed && <Notice tone="plain">{t('number.unconfirmed')}</Notice>}
          </div>
        </ScrollArea>
      )}
    </Screen>
  );
}

function Term({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="panel term">
      <Icon name={icon} />
      <div>
        <h2 className="term-title">{title}</h2>
        {children}
      </div>
    </section>
  );
}
