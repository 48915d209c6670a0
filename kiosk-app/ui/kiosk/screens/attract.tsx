import type { DeviceView } from '@motcua/contract';
import { useEffect } from 'react';
import { Button } from 'react-aria-components';
import { CardToReader } from '../../components/illustrations/card-to-reader.tsx';
import { Lotus } from '../../components/illustrations/lotus.tsx';
import { PaperOnGlass } from '../../components/illustrations/paper-on-glass.tsx';
import { TicketOut } from '../../components/illustrations/ticket-out.tsx';
import { Notice, ProblemNotice } from '../../components/notice.tsx';
import { type TextKey, textsOf, useTexts } from '../../i18n/text.tsx';
import { outOfOrder } from '../state/devices.ts';
import { useKiosk } from '../state/kiosk-context.tsx';
import { useNow } from '../state/use-now.ts';

const TROUBLE: Readonly<Record<DeviceView['role'], TextKey>> = {
  'chip-reader': 'chip.unavailable',
  'ticket-printer': 'device.ticket-printer',
  'receipt-printer': 'device.receipt-printer',
  'document-scanner': 'device.document-scanner',
  'code-reader': 'device.code-reader',
  camera: 'device.code-reader',
};

/** Who was refused has gone on after this. */
const REFUSAL_SHOWN_MS = 20_000;

/** Nobody is here: the hall sees whose kiosk this is, what it does, and what does not work today. */
export function AttractScreen() {
  const { t, say, time, day } = useTexts();
  const english = textsOf('en');
  const { connection, state, view } = useKiosk();
  const now = useNow(1000, state.clockOffsetMs);
  const troubles = outOfOrder(view.devices);
  const start = () => connection.send({ type: 'start' });
  const refusal = state.problem;
  useEffect(() => {
    if (!refusal) return;
    const timer = setTimeout(connection.dismissProblem, REFUSAL_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [connection, refusal]);

  return (
    <main className="attract" data-testid="screen-attract">
      <div className="attract-place">
        <Lotus />
        <div>
          <p className="attract-ward">{say(view.wardName)}</p>
          <p className="attract-office">{t('app.office')}</p>
        </div>
        <div className="attract-clock">
          <p className="attract-time">{time(now)}</p>
          <p className="small">{day(now)}</p>
        </div>
      </div>
      <div className="attract-welcome">
        <h1>{t('attract.title')}</h1>
        <p className="attract-lead">{t('attract.lead')}</p>
        <p className="attract-other" lang="en">
          {english.t('attract.title')}. {english.t('attract.lead')}
        </p>
        {troubles.length === 0 && (
          <ol className="attract-how">
            <li>
              <TicketOut />
              {t('attract.how-number')}
            </li>
            <li>
              <CardToReader />
              {t('attract.how-card')}
            </li>
            <li>
              <PaperOnGlass />
              {t('attract.how-papers')}
            </li>
          </ol>
        )}
      </div>
      <Button className="attract-start" onPress={start} aria-label={`${t('attract.start')} / Touch to start`}>
        <span className="attract-start-main">{t('attract.start')}</span>
        <span lang="en">{english.t('attract.start')}</span>
      </Button>
      <div className="attract-notes">
        {refusal && <ProblemNotice problem={refusal} />}
        {view.problem && view.problem.code !== refusal?.code && (
          <Notice tone="warning" role="status">
            <p>{say(view.problem.what)}</p>
            <p>{say(view.problem.next)}</p>
          </Notice>
        )}
        {troubles.map((device) => (
          <Notice key={device.role} tone="warning" role="status">
            <p>{device.problem ? say(device.problem.what) : t(TROUBLE[device.role])}</p>
            {device.problem && <p>{say(device.problem.next)}</p>}
          </Notice>
        ))}
        <p>{t('attract.bring')}</p>
        <p className="small">{t('attract.counter')}</p>
      </div>
    </main>
  );
}
