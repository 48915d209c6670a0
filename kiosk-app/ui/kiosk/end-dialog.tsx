import { ActionButton } from '../components/action-button.tsx';
import { KioskDialog } from '../components/kiosk-dialog.tsx';
import { useTexts } from '../i18n/text.tsx';
import { useVisit } from './state/kiosk-context.tsx';
import { isFiled } from './state/use-farewell.ts';

/** Ending is always allowed, and always says first what becomes of what was done. */
export function EndDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const { visit, send, sending } = useVisit();
  const hasPages = visit.papers.some((paper) => paper.pages.length > 0);
  return (
    <KioskDialog
      title={t('end.title')}
      icon="leave"
      role="alertdialog"
      onClose={onClose}
      actions={
        <>
          <ActionButton
            kind="danger"
            isPending={sending === 'finish'}
            onPress={() => {
              send({ type: 'finish' });
              onClose();
            }}
          >
            {t('end.confirm')}
          </ActionButton>
          <ActionButton kind="primary" onPress={onClose}>
            {t('end.cancel')}
          </ActionButton>
        </>
      }
    >
      {visit.procedure && !isFiled(visit) && (
        <p>
          <strong>{t('end.unfiled')}</strong> {hasPages && t('end.draft')}
        </p>
      )}
      {visit.ticket && <p>{t('end.number')}</p>}
      <p>{t('end.wiped')}</p>
    </KioskDialog>
  );
}
