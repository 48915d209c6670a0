import type { DemoAction, DemoState } from '@motcua/contract';
import { useState } from 'react';
import { useTexts } from '../i18n/text.tsx';

export function DemoPapers({
  demo,
  act,
}: {
  readonly demo: DemoState;
  readonly act: (action: DemoAction) => void;
}) {
  const { t } = useTexts();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <section>
      <h3>{t('demo.papers')}</h3>
      <div className="demo-papers">
        {demo.papers.map((paper) => (
          <button
            key={paper.id}
            type="button"
            aria-pressed={chosen.includes(paper.id)}
            onClick={() => toggle(paper.id)}
          >
            <img src={paper.thumbnailUrl} alt="" />
            <span>{paper.label}</span>
          </button>
        ))}
      </div>
      <p>{t('demo.on-glass', { count: demo.onGlass.length })}</p>
      <div className="demo-buttons">
        <button
          type="button"
          disabled={chosen.length === 0}
          onClick={() => {
            act({ type: 'lay-papers', paperIds: [...chosen] });
            setChosen([]);
          }}
        >
          {t('demo.lay', { count: chosen.length })}
        </button>
        <button
          type="button"
          disabled={demo.onGlass.length === 0}
          onClick={() => act({ type: 'clear-glass' })}
        >
          {t('demo.clear')}
        </button>
      </div>
    </section>
  );
}
