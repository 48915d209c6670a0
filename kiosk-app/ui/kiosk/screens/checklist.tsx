import type { PaperView } from '@motcua/contract';
import { useId } from 'react';
import { ToggleButton } from 'react-aria-components';
import { Icon } from '../../components/icon.tsx';
import { ScrollArea } from '../../components/scroll-area.tsx';
import { useTexts } from '../../i18n/text.tsx';
import { badPages } from '../state/quality.ts';

export function Checklist({
  papers,
  current,
  onChoose,
}: {
  readonly papers: readonly PaperView[];
  readonly current: string | null;
  readonly onChoose: (code: string) => void;
}) {
  const { t } = useTexts();
  return (
    <div className="checklist">
      <ScrollArea label={t('papers.list')}>
        <ol className="checklist-rows">
          {papers.map((paper) => (
            <li key={paper.code}>
              <Row paper={paper} isCurrent={paper.code === current} onChoose={() => onChoose(paper.code)} />
            </li>
          ))}
        </ol>
      </ScrollArea>
    </div>
  );
}

function Row({
  paper,
  isCurrent,
  onChoose,
}: {
  readonly paper: PaperView;
  readonly isCurrent: boolean;
  readonly onChoose: () => void;
}) {
  const { t, say } = useTexts();
  const id = useId();
  const count = paper.pages.length;
  const isUnclear = badPages([paper]).length > 0;
  return (
    <ToggleButton
      className="checklist-row"
      data-there={count > 0 || undefined}
      isSelected={isCurrent}
      onChange={onChoose}
      aria-labelledby={`${id}-name`}
      aria-describedby={`${id}-state`}
    >
      <span className="checklist-mark">{count > 0 && <Icon name="check" />}</span>
      <span className="checklist-words">
        <span id={`${id}-name`}>{say(paper.name)}</span>
        <span id={`${id}-state`} className="small">
          {t(paper.required ? 'papers.required' : 'papers.optional')} ·{' '}
          {count > 0 ? t('papers.pages', { count }) : t('papers.no-pages')}
          {isUnclear && <span className="checklist-unclear"> · {t('papers.scan-again')}</span>}
        </span>
      </span>
    </ToggleButton>
  );
}
