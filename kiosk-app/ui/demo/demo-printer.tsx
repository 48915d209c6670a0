import type { DemoAction, DemoState } from '@motcua/contract';
import { type TextKey, useTexts } from '../i18n/text.tsx';

const FAULTS: readonly (readonly [fault: DemoState['printer']['fault'], text: TextKey])[] = [
  ['none', 'demo.fault-none'],
  ['paper-end', 'demo.fault-paper-end'],
  ['cover-open', 'demo.fault-cover-open'],
  ['near-end', 'demo.fault-near-end'],
  ['offline', 'demo.fault-offline'],
];

export function DemoPrinter({
  demo,
  act,
}: {
  readonly demo: DemoState;
  readonly act: (action: DemoAction) => void;
}) {
  const { t } = useTexts();
  const { fault, paperUrl } = demo.printer;
  return (
    <section>
      <h3>{t('demo.printer')}</h3>
      <div className="demo-buttons">
        {FAULTS.map(([name, text]) => (
          <button
            key={name}
            type="button"
            aria-pressed={fault === name}
            onClick={() => act({ type: 'printer-fault', fault: name })}
          >
            {t(text)}
          </button>
        ))}
      </div>
      {paperUrl ? (
        <div className="demo-paper">
          <img src={paperUrl} alt={t('demo.paper')} />
          <button type="button" onClick={() => act({ type: 'tear-paper' })}>
            {t('demo.tear')}
          </button>
        </div>
      ) : (
        <p>{t('demo.no-paper')}</p>
      )}
    </section>
  );
}
