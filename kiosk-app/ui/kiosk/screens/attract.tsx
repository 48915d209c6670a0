import type { DeviceView } from '@motcua/contract';
import { useEffect } from 'react';
import { Button } from 'react-aria-components';
import { CardToReader } from '../../components/illustrations/card-to-reader.tsx';
import { Lotus } from '../../components/illustrations/lotus.tsx';
import { PaperOnGlass } from '../../components/illustrations/paper-on-glass.tsx';
import { TicketOut } from '../../components/illustrations/ticket-out.tsx';
import { Notice, ProblemNotice } from '../../components/notice.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
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
  const refusal = state.problem;
  const notices = [
    ...(refusal ? [<ProblemNotice key="refusal" problem={refusal} />] : []),
    ...(view.problem && view.problem.code !== refusal?.code
      ? [<ProblemNotice key="kiosk" problem={view.problem} role="status" />]
      : []),
    ...troubles.map(({ role, problem }) =>
      problem ? (
        <ProblemNotice key={role} problem={problem} role="status" />
      ) : (
        <Notice key={role} tone="warning" role="status">
          {t(TROUBLE[role])}
        </Notice>
      ),
    ),
  ];
  const start = () => connection.send({ type: 'start' });
  useEffect(() => {
    if (!refusal) return;
    const timer = setTimeout(connection.dismissProblem, REFUSAL_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [connection, refusal]);

  return (
    <main className="attract" data-testid="screen-attract">
      <div className="attract-face">
        <span className="attract-flower">
          <Lotus isCorner />
        </span>
        <div className="attract-place">
          <Lotus />
          <div>
            <p className="attract-ward">{say(view.wardName)}</p>
            <p className="attract-office">{t('app.office')}</p>
          </div>
          <div className="attract-clock">
            <p className="attract-time">{time(now)}</p>
            <p className="attract-date">{day(now)}</p>
          </div>
        </div>
        <div className="attract-welcome">
          <h1>{t('attract.title')}</h1>
          <p className="attract-lead">{t('attract.lead')}</p>
          <p lang="en">
            {english.t('attract.title')}. {english.t('attract.lead')}
          </p>
        </div>
      </div>
      <div className="attract-way">
        {notices.length > 0 ? (
          <ScrollArea label={t('attract.notices')}>
            <div className="stack">{notices}</div>
          </ScrollArea>
        ) : (
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
        <Button
          className="attract-start"
          onPress={start}
          aria-label={`${t('attract.start')} / ${english.t('attract.start')}`}
        >
          <span className="attract-start-main">{t('attract.start')}</span>
          <span lang="en">{english.t('attract.start')}</span>
        </Button>
        <div>
          <p>{t('attract.bring')}</p>
          <p>{t('attract.counter')}</p>
        </div>
      </div>
    </main>
  );
}
