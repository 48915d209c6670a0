import type { SubmissionView } from '@motcua/contract';
import { ActionButton } from '../../components/action-button.tsx';
import { Notice, ProblemNotice } from '../../components/notice.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { useVisit } from '../state/kiosk-context.tsx';
import { PrintStatus } from './print-status.tsx';

function titleOf({ dossierCode, state }: SubmissionView) {
  if (dossierCode) return 'receipt.title';
  return state === 'refused' ? 'submit.refused-title' : 'receipt.provisional-title';
}

export function ReceiptScreen() {
  const { t, time, day } = useTexts();
  const { visit, send, sending } = useVisit();
  const { submission } = visit;
  const refused = submission.state === 'refused';
  const due = submission.dueAt ? new Date(submission.dueAt) : null;
  return (
    <Screen
      name="receipt"
      title={t(titleOf(submission))}
      actions={
        <>
          <p className="receipt-take">{t('receipt.take')}</p>
          <ActionButton
            kind="primary"
            size="large"
            isPending={sending === 'finish'}
            onPress={() => send({ type: 'finish' })}
          >
            {t('receipt.finish')}
          </ActionButton>
        </>
      }
    >
      <div className="receipt">
        <ScrollArea label={t('receipt.title')}>
          <div className="stack">
            {submission.dossierCode ? (
              <dl className="receipt-facts">
                <dt>{t('receipt.code')}</dt>
                <dd className="receipt-code">{submission.dossierCode}</dd>
                {due && !Number.isNaN(due.getTime()) && (
                  <>
                    <dt>{t('receipt.due')}</dt>
                    <dd>
                      {time(due)}, {day(due)}
                    </dd>
                  </>
                )}
                {submission.lookUpSecret && (
                  <>
                    <dt>{t('receipt.secret')}</dt>
                    <dd className="receipt-secret">{submission.lookUpSecret}</dd>
                    <dd className="small">{t('receipt.secret-hint')}</dd>
                  </>
                )}
              </dl>
            ) : (
              !refused && <Notice tone="good">{t('receipt.provisional')}</Notice>
            )}
            {!submission.dossierCode && visit.ticket && (
              <dl className="receipt-facts">
                <dt>{t('number.taken-title')}</dt>
                <dd className="receipt-code">{visit.ticket.number}</dd>
              </dl>
            )}
            {submission.problem && <ProblemNotice problem={submission.problem} />}
            {submission.print && <PrintStatus print={submission.print} />}
          </div>
        </ScrollArea>
        {submission.print && (
          <figure className="slip slip-long">
            <ScrollArea label={t('receipt.image')}>
              <img src={submission.print.previewUrl} alt={t('receipt.image')} />
            </ScrollArea>
          </figure>
        )}
      </div>
    </Screen>
  );
}
