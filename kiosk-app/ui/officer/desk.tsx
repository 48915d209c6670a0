import type { OfficerDossierState, OfficerSessionView, Problem } from '@motcua/contract';
import { useCallback, useRef, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { OfficerApi } from './api.ts';
import { DossierList } from './dossier-list.tsx';
import { DossierPane } from './dossier-pane.tsx';
import { DeskButton } from './parts.tsx';
import { SignDialog, type SigningOrder } from './sign-dialog.tsx';
import { useOfficerTexts } from './texts.tsx';
import { useDossiers } from './use-dossiers.ts';

type TabName = 'waiting' | 'signed' | 'rejected';

const TAB_OF: Readonly<Record<OfficerDossierState, TabName>> = {
  waiting: 'waiting',
  signed: 'signed',
  certified: 'signed',
  rejected: 'rejected',
};
/** Who signs what stands in a list: what waits, the officer; what she has signed, the agency. */
const ROLE_OF = { waiting: 'officer', signed: 'agency' } as const;
const SOON_MS = 2_500;
const TABS: readonly TabName[] = ['waiting', 'signed', 'rejected'];

export function Desk({
  api,
  session,
  onLanguage,
  onOver,
}: {
  readonly api: OfficerApi;
  readonly session: OfficerSessionView;
  readonly onLanguage: () => void;
  readonly onOver: (problem: Problem | null) => void;
}) {
  const { t, say } = useOfficerTexts();
  const [tab, setTab] = useState<TabName>('waiting');
  const [open, setOpen] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [order, setOrder] = useState<SigningOrder | null>(null);
  const over = useRef(onOver);
  over.current = onOver;
  const end = useCallback((problem: Problem) => over.current(problem), []);
  const { dossiers, offline, refresh } = useDossiers(api, end);

  const all = dossiers ?? [];
  const listed = all.filter((one) => TAB_OF[one.state] === tab);
  const counts = (name: TabName) => all.filter((one) => TAB_OF[one.state] === name).length;
  const role = tab === 'rejected' || !session.canSign ? null : ROLE_OF[tab];
  // The agency has signed these already.
  const settled = listed.filter((one) => one.state === 'certified').map((one) => one.id);
  // What another officer has decided meanwhile is no longer there to be signed.
  const chosen = listed.filter((one) => selected.has(one.id) && !settled.includes(one.id));

  return (
    <div className="desk">
      <header className="desk-bar">
        <img className="desk-mark" src="/lotus.svg" alt="" />
        <div>
          <h1>{t('title')}</h1>
          <p className="soft">
            {say(session.wardName)} · {session.kioskName}
          </p>
        </div>
        <p className="desk-officer">
          <strong>{session.officer.fullName}</strong>
          <span className="soft">{session.officer.position}</span>
        </p>
        <DeskButton kind="quiet" icon="globe" onPress={onLanguage}>
          {t('language.other')}
        </DeskButton>
        <DeskButton
          kind="quiet"
          icon="leave"
          onPress={() => {
            void api.logOut();
            onOver(null);
          }}
        >
          {t('login.leave')}
        </DeskButton>
      </header>
      {offline && (
        <p className="desk-offline" role="status">
          {t('offline')}
        </p>
      )}
      <div className="desk-body">
        <Tabs
          className="desk-side"
          selectedKey={tab}
          onSelectionChange={(key) => {
            setTab(key as TabName);
            setSelected(new Set());
            setOpen(null);
          }}
        >
          <TabList aria-label={t('list.label')} className="desk-tabs">
            {TABS.map((name) => (
              <Tab key={name} id={name} className="desk-tab">
                {t(`tab.${name}`)}
                <span className="desk-count">{counts(name)}</span>
              </Tab>
            ))}
          </TabList>
          <TabPanel id={tab} className="desk-panel">
            <DossierList
              dossiers={listed}
              isLoading={dossiers === null}
              empty={t(`list.empty-${tab}`)}
              open={open}
              onOpen={setOpen}
              selection={role === null ? null : selected}
              settled={settled}
              onSelect={setSelected}
            />
            {role !== null && listed.length > settled.length && (
              <footer className="desk-batch">
                <DeskButton
                  kind="primary"
                  icon="check"
                  isDisabled={chosen.length === 0}
                  onPress={() => setOrder({ role, dossiers: chosen })}
                >
                  {chosen.length === 0
                    ? t('list.none-selected')
                    : t(role === 'officer' ? 'list.sign-selected' : 'list.certify-selected', {
                        count: chosen.length,
                      })}
                </DeskButton>
              </footer>
            )}
            {!session.canSign && <p className="desk-batch soft">{t('list.cannot-sign')}</p>}
          </TabPanel>
        </Tabs>
        <main className="desk-main">
          {open === null ? (
            <p className="desk-empty soft">{t('dossier.choose')}</p>
          ) : (
            <DossierPane
              key={open}
              api={api}
              id={open}
              version={all.find((one) => one.id === open)?.decidedAt ?? null}
              canSign={session.canSign}
              onSign={setOrder}
              onChanged={() => void refresh()}
              onOver={end}
            />
          )}
        </main>
      </div>
      {order && (
        <SignDialog
          api={api}
          order={order}
          onOver={end}
          onClose={(signedSome) => {
            setOrder(null);
            if (!signedSome) return;
            setSelected(new Set());
            setOpen(null);
            void refresh();
            // By then the city has usually answered.
            setTimeout(() => void refresh(true), SOON_MS);
          }}
        />
      )}
    </div>
  );
}
