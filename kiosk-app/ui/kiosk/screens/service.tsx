import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { ActionButton } from '../../components/action-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { useKiosk, useVisit } from '../state/kiosk-context.tsx';
import { useCatalogue } from '../state/use-catalogue.ts';
import { ProcedureList } from './procedure-list.tsx';
import { ServiceSearch } from './service-search.tsx';

/** One field at a time, in the order of the catalogue (the most asked for come first), or the search. */
export function ServiceScreen() {
  const { t, say } = useTexts();
  const { api } = useKiosk();
  const { send } = useVisit();
  const [searching, setSearching] = useState(false);
  const { state, catalogue } = useCatalogue(api, '');
  if (searching) return <ServiceSearch onClose={() => setSearching(false)} />;

  return (
    <Screen
      name="service"
      title={t('service.title')}
      actions={
        <>
          <ActionButton icon="back" onPress={() => send({ type: 'back' })}>
            {t('frame.back')}
          </ActionButton>
          <ActionButton icon="search" onPress={() => setSearching(true)}>
            {t('service.search')}
          </ActionButton>
        </>
      }
    >
      {state === 'failed' && (
        <Notice tone="warning" role="status">
          {t('service.failed')}
        </Notice>
      )}
      {catalogue && (
        <Tabs className="fields" orientation="vertical">
          <TabList className="field-list" aria-label={t('service.fields')}>
            {catalogue.fields.map((field) => (
              <Tab key={field.code} id={field.code} className="field">
                {say(field.name)}
              </Tab>
            ))}
          </TabList>
          {catalogue.fields.map((field) => (
            <TabPanel key={field.code} id={field.code} className="field-panel">
              <ProcedureList
                label={say(field.name)}
                procedures={catalogue.procedures.filter((procedure) => procedure.field === field.code)}
              />
            </TabPanel>
          ))}
        </Tabs>
      )}
      {catalogue && (
        <p className="small">
          {t('service.valid-from', { day: catalogue.validFrom.split('-').reverse().join('/') })}
        </p>
      )}
    </Screen>
  );
}
