import type { ReactNode } from 'react';
import { useState } from 'react';
import { ActionButton } from '../components/action-button.tsx';
import { Lotus } from '../components/illustrations/lotus.tsx';
import { StepList } from '../components/step-list.tsx';
import { type TextKey, useTexts } from '../i18n/text.tsx';
import { EndDialog } from './end-dialog.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { useKiosk, useVisit } from './state/kiosk-context.tsx';

const STEPS = [
  { step: 'service', name: 'steps.service' },
  { step: 'number', name: 'steps.number' },
  { step: 'identity', name: 'steps.identity' },
  { step: 'papers', name: 'steps.papers' },
  { step: 'review', name: 'steps.review' },
  { step: 'submit', name: 'steps.submit' },
] as const satisfies readonly { readonly step: string; readonly name: TextKey }[];

/** What stands around every screen of a visit: whose kiosk this is, the steps, and the three ways out. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const { t, say } = useTexts();
  const { view } = useKiosk();
  const { visit, send } = useVisit();
  const [dialog, setDialog] = useState<'help' | 'end' | null>(null);
  const now = visit.step === 'receipt' ? STEPS.length : STEPS.findIndex(({ step }) => step === visit.step);
  const close = () => setDialog(null);

  return (
    <div className="frame">
      <header className="frame-header">
        <div className="brand">
          <Lotus />
          <div>
            <p className="brand-ward">{say(view.wardName)}</p>
            <p className="small">{t('app.office')}</p>
          </div>
        </div>
        {now >= 0 && <StepList names={STEPS.map(({ name }) => t(name))} now={now} />}
      </header>
      <main className="frame-main">{children}</main>
      <footer className="frame-footer">
        <ActionButton kind="quiet" icon="help" onPress={() => setDialog('help')}>
          {t('frame.help')}
        </ActionButton>
        {visit.step !== 'language' && (
          <ActionButton
            kind="quiet"
            icon="globe"
            onPress={() => send({ type: 'choose-language', language: visit.language === 'vi' ? 'en' : 'vi' })}
          >
            {t('frame.language')}
          </ActionButton>
        )}
        <ActionButton kind="quiet" icon="leave" onPress={() => setDialog('end')}>
          {t('frame.finish')}
        </ActionButton>
      </footer>
      {dialog === 'help' && <HelpDialog onClose={close} />}
      {dialog === 'end' && <EndDialog onClose={close} />}
    </div>
  );
}
