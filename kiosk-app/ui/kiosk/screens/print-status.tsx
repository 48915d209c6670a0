import type { PrintState, PrintView } from '@motcua/contract';
import { ActionButton } from '../../components/action-button.tsx';
import { Notice, type NoticeTone } from '../../components/notice.tsx';
import { type TextKey, useTexts } from '../../i18n/text.tsx';
import { useVisit } from '../state/kiosk-context.tsx';

const WORDS: Readonly<
  Record<
    Exclude<PrintState, 'none'>,
    { readonly text: TextKey; readonly tone: NoticeTone; readonly again: boolean }
  >
> = {
  queued: { text: 'print.queued', tone: 'plain', again: false },
  sending: { text: 'print.sending', tone: 'plain', again: false },
  printed: { text: 'print.printed', tone: 'good', again: false },
  unknown: { text: 'print.unknown', tone: 'warning', again: true },
  held: { text: 'print.held', tone: 'warning', again: false },
  failed: { text: 'print.failed', tone: 'warning', again: true },
};

/** How the printing stands, honestly: `unknown` says so and leaves the choice to the person. */
export function PrintStatus({ print }: { readonly print: PrintView }) {
  const { t, say } = useTexts();
  const { send, sending } = useVisit();
  if (print.state === 'none') return null;
  const { text, tone, again } = WORDS[print.state];
  return (
    <div className="print-status">
      <Notice tone={print.problem ? 'warning' : tone} role={print.problem ? 'alert' : 'status'}>
        {print.problem && (
          <>
            <p className="notice-what">{say(print.problem.what)}</p>
            <p>{say(print.problem.next)}</p>
          </>
        )}
        <p>{t(text)}</p>
      </Notice>
      {again && (
        <ActionButton
          icon="printer"
          isPending={sending === 'print-again'}
          onPress={() => send({ type: 'print-again' })}
        >
          {t('print.again')}
        </ActionButton>
      )}
    </div>
  );
}
