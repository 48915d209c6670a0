import type { DemoAction, DemoState } from '@motcua/contract';
import { useCallback, useEffect, useState } from 'react';
import { useTexts } from '../i18n/text.tsx';
import type { KioskApi } from '../kiosk/state/api.ts';
import { DemoPapers } from './demo-papers.tsx';
import { DemoPrinter } from './demo-printer.tsx';
import './demo.css';

const LOOK_EVERY_MS = 2_000;

/** The simulated surroundings of the kiosk, in the demo profile only. Looks like a tool, not like the kiosk. */
export function DemoPanel({
  api,
  changes,
}: {
  readonly api: KioskApi;
  /** Anything that changes when the kiosk does: then the panel looks again at once. */
  readonly changes: unknown;
}) {
  const { t } = useTexts();
  const [demo, setDemo] = useState<DemoState | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [failed, setFailed] = useState(false);

  const look = useCallback(
    (signal: AbortSignal) => {
      api.demo(signal).then(
        (state) => !signal.aborted && setDemo(state),
        () => {},
      );
    },
    [api],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `changes` is the signal to look again.
  useEffect(() => {
    const leaving = new AbortController();
    look(leaving.signal);
    const timer = setInterval(() => look(leaving.signal), LOOK_EVERY_MS);
    return () => {
      leaving.abort();
      clearInterval(timer);
    };
  }, [look, changes]);

  const act = (action: DemoAction) => {
    setFailed(false);
    api.act(action).then(
      () => look(new AbortController().signal),
      () => setFailed(true),
    );
  };

  return (
    <aside
      className="demo"
      data-open={isOpen || undefined}
      data-react-aria-top-layer="true"
      aria-label={t('demo.title')}
    >
      <button type="button" className="demo-handle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t(isOpen ? 'demo.close' : 'demo.open')}
      </button>
      <div className="demo-content">
        <header>
          <h2>{t('demo.title')}</h2>
          <p>{t('demo.note')}</p>
        </header>
        {failed && <p role="alert">{t('demo.failed')}</p>}
        {demo && (
          <>
            <section>
              <h3>{t('demo.cards')}</h3>
              <div className="demo-buttons">
                {demo.cards.map((card) => (
                  <button
                    key={card.id}
                    type="button"
                    onClick={() => act({ type: 'insert-card', cardId: card.id })}
                  >
                    {card.label}
                  </button>
                ))}
              </div>
            </section>
            <DemoPapers demo={demo} act={act} />
            <DemoPrinter demo={demo} act={act} />
            <section>
              <h3>{t('demo.gateway')}</h3>
              <div className="demo-buttons">
                {(['up', 'down'] as const).map((state) => (
                  <button
                    key={state}
                    type="button"
                    aria-pressed={demo.gateway === state}
                    onClick={() => act({ type: 'gateway', state })}
                  >
                    {t(state === 'up' ? 'demo.gateway-up' : 'demo.gateway-down')}
                  </button>
                ))}
              </div>
            </section>
            {demo.timeStamps && (
              <section>
                <h3>{t('demo.time-stamps')}</h3>
                <div className="demo-buttons">
                  {(['up', 'down'] as const).map((state) => (
                    <button
                      key={state}
                      type="button"
                      aria-pressed={demo.timeStamps === state}
                      onClick={() => act({ type: 'time-stamps', state })}
                    >
                      {t(state === 'up' ? 'demo.time-stamps-up' : 'demo.time-stamps-down')}
                    </button>
                  ))}
                </div>
              </section>
            )}
          </>
        )}
      </div>
    </aside>
  );
}
