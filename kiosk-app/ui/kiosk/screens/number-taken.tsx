import type { TicketView } from '@motcua/contract';
import { ActionButton } from '../../components/action-button.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { useVisit } from '../state/kiosk-context.tsx';
import { PrintStatus } from './print-status.tsx';

export function NumberTaken({ ticket }: { readonly ticket: TicketView }) {
  const { t } = useTexts();
  const { send, sending } = useVisit();
  return (
    <Screen
      name="number"
      title={t('number.taken-title')}
      actions={
        <>
          <ActionButton
            size="large"
            hint={t('number.only-hint')}
            isPending={sending === 'finish'}
            onPress={() => send({ type: 'finish' })}
          >
            {t('number.only')}
          </ActionButton>
          <ActionButton
            kind="primary"
            size="large"
            hint={t('number.continue-hint')}
            isPending={sending === 'continue'}
            onPress={() => send({ type: 'continue' })}
          >
            {t('number.continue')}
          </ActionButton>
        </>
      }
    >
      <div className="ticket">
        <ScrollArea label={t('number.taken-title')}>
          <div className="ticket-facts">
            <p className="ticket-number">{ticket.number}</p>
            <p className="ticket-ahead">
              {ticket.peopleAhead === 0
                ? t('number.ahead-none')
                : t('number.ahead', { count: ticket.peopleAhead })}
            </p>
            <PrintStatus print={ticket.print} />
          </div>
        </ScrollArea>
        <figure className="slip">
          <img src={ticket.print.previewUrl} alt={t('number.ticket-image', { number: ticket.number })} />
        </figure>
      </div>
      <p className="ticket-question">{t('number.next-title')}</p>
    </Screen>
  );
}
