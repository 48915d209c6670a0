import { useState } from 'react';
import { Input, SearchField } from 'react-aria-components';
import { ActionButton } from '../../components/action-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keyboard } from '../../components/keyboard.tsx';
import { Notice } from '../../components/notice.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { useKiosk } from '../state/kiosk-context.tsx';
import { useCatalogue } from '../state/use-catalogue.ts';
import { ProcedureList } from './procedure-list.tsx';

const LONGEST_QUERY = 60;

export function ServiceSearch({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const { api } = useKiosk();
  const [query, setQuery] = useState('');
  const { state, catalogue } = useCatalogue(api, query.trim());
  const found = catalogue?.procedures ?? [];

  return (
    <Screen
      name="service-search"
      title={t('service.search-title')}
      actions={
        <ActionButton icon="back" onPress={onClose}>
          {t('frame.back')}
        </ActionButton>
      }
    >
      <SearchField
        className="search-field"
        aria-label={t('service.search-title')}
        value={query}
        onChange={setQuery}
        maxLength={LONGEST_QUERY}
      >
        <Icon name="search" />
        {/* No system keyboard: ours is below. A real keyboard, if there is one, types here too. */}
        <Input
          placeholder={t('service.search-hint')}
          inputMode="none"
          autoComplete="off"
          spellCheck={false}
        />
      </SearchField>
      <div className="search-results" aria-live="polite">
        {state === 'failed' && <Notice tone="warning">{t('service.failed')}</Notice>}
        {state === 'loading' && !catalogue && <p>{t('service.searching')}</p>}
        {state === 'there' && found.length === 0 && (
          <Notice tone="plain">{t('service.nothing', { query: query.trim() })}</Notice>
        )}
        {found.length > 0 && <ProcedureList label={t('service.search')} procedures={found} />}
      </div>
      <Keyboard value={query} maxLength={LONGEST_QUERY} onChange={setQuery} />
    </Screen>
  );
}
