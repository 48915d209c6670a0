import { ActionButton } from '../components/action-button.tsx';
import { KioskDialog } from '../components/kiosk-dialog.tsx';
import { useTexts } from '../i18n/text.tsx';
import { useKiosk, useVisit } from './state/kiosk-context.tsx';
import { useNow } from './state/use-now.ts';

/** Warns before the service closes a visit that nobody touches; one touch goes on. */
export function IdleDialog() {
  const { t } = useTexts();
  const { state, view } = useKiosk();
  const { visit, send, sending } = useVisit();
  const now = useNow(500, state.clockOffsetMs);
  const left = Date.parse(visit.idleDeadline) - now.getTime();
  // NaN, from a deadline that is no date, compares false: then there is no warning, and no countdown from nowhere.
  if (!(left <= view.idleWarningMs)) return null;
  const stay = () => send({ type: 'stay' });
  return (
    <KioskDialog
      title={t('idle.title')}
      icon="clock"
      role="alertdialog"
      onClose={stay}
      actions={
        <ActionButton kind="primary" size="large" isPending={sending === 'stay'} onPress={stay}>
          {t('idle.stay')}
        </ActionButton>
      }
    >
      <p>{t('idle.text', { seconds: Math.max(0, Math.ceil(left / 1000)) })}</p>
    </KioskDialog>
  );
}
