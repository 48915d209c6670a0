import { useEffect, useRef, useSyncExternalStore } from 'react';
import { UNSAFE_PortalProvider } from 'react-aria/PortalProvider';
import { DemoPanel } from '../demo/demo-panel.tsx';
import { TextsProvider } from '../i18n/text.tsx';
import { LinkScreen } from './link-screen.tsx';
import { AttractScreen } from './screens/attract.tsx';
import { FarewellScreen } from './screens/farewell.tsx';
import type { KioskApi } from './state/api.ts';
import type { Connection } from './state/connection.ts';
import { KioskContext } from './state/kiosk-context.tsx';
import { useFarewell } from './state/use-farewell.ts';
import { useMillimetre } from './state/use-millimetre.ts';
import { useStay } from './state/use-stay.ts';
import { Visit } from './visit.tsx';
import './app.css';

/** The kiosk's whole screen: a view of what the service says, and nothing that would outlive a visit. */
export function App({ connection, api }: { readonly connection: Connection; readonly api: KioskApi }) {
  const state = useSyncExternalStore(connection.subscribe, connection.getState);
  const view = state.kiosk;
  const visit = view?.visit ?? null;
  const [farewell, endFarewell] = useFarewell(visit);
  const language = visit?.language ?? farewell?.language ?? 'vi';
  const frame = useRef<HTMLDivElement>(null);
  useStay(connection);
  useMillimetre(frame, view);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  return (
    <TextsProvider language={language}>
      <div className="desk">
        <div ref={frame} className="kiosk">
          <UNSAFE_PortalProvider getContainer={() => frame.current}>
            {view && (
              <KioskContext value={{ connection, api, state, view }}>
                {visit ? (
                  <Visit key={visit.id} />
                ) : farewell ? (
                  <FarewellScreen farewell={farewell} onEnd={endFarewell} />
                ) : (
                  <AttractScreen />
                )}
              </KioskContext>
            )}
            <LinkScreen link={state.link} hasView={view !== null} />
          </UNSAFE_PortalProvider>
        </div>
        {view?.profile === 'demo' && <DemoPanel api={api} changes={view} />}
      </div>
    </TextsProvider>
  );
}
