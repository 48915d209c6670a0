import { ActionButton } from '../components/action-button.tsx';
import { KioskDialog } from '../components/kiosk-dialog.tsx';
import { useTexts } from '../i18n/text.tsx';

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  return (
    <KioskDialog
      title={t('help.title')}
      icon="help"
      onClose={onClose}
      actions={
        <ActionButton kind="primary" onPress={onClose}>
          {t('frame.close')}
        </ActionButton>
      }
    >
      <p>{t('help.where')}</p>
      <p>{t('help.counter')}</p>
      <p>{t('help.safe')}</p>
    </KioskDialog>
  );
}
