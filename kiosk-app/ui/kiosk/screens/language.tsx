import { ActionButton } from '../../components/action-button.tsx';
import { Lotus } from '../../components/illustrations/lotus.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { useVisit } from '../state/kiosk-context.tsx';

export function LanguageScreen() {
  const { t } = useTexts();
  const { send, sending } = useVisit();
  return (
    <Screen name="language" title={t('language.title')} lead="Choose a language">
      <div className="language-choices">
        <Lotus />
        <ActionButton
          kind="primary"
          size="large"
          hint={t('language.vi-hint')}
          isPending={sending === 'choose-language'}
          onPress={() => send({ type: 'choose-language', language: 'vi' })}
        >
          {t('language.vi')}
        </ActionButton>
        <ActionButton
          size="large"
          hint={<span lang="en">{t('language.en-hint')}</span>}
          onPress={() => send({ type: 'choose-language', language: 'en' })}
        >
          {t('language.en')}
        </ActionButton>
      </div>
    </Screen>
  );
}
