import type { PageView } from '@motcua/contract';
import { Button } from 'react-aria-components';
import { Icon, type IconName } from '../../components/icon.tsx';
import { type TextKey, useTexts } from '../../i18n/text.tsx';

const STATES: Readonly<Record<PageView['state'], { readonly text: TextKey; readonly icon: IconName }>> = {
  waiting: { text: 'papers.page-waiting', icon: 'clock' },
  reading: { text: 'papers.page-reading', icon: 'search' },
  ready: { text: 'papers.page-ready', icon: 'check' },
  failed: { text: 'papers.page-failed', icon: 'warning' },
};

/** A page small, with its number and how the reading stands. Pressing opens it large. */
export function PageThumbnail({
  page,
  number,
  paperName,
  isReplaced,
  onOpen,
}: {
  readonly page: PageView;
  readonly number: number;
  readonly paperName: string;
  readonly isReplaced: boolean;
  readonly onOpen: () => void;
}) {
  const { t, say } = useTexts();
  const { text, icon } = STATES[page.state];
  const remark = page.quality[0];
  const problem = page.problem ?? remark?.problem ?? null;
  const state = remark ? t(remark.severity === 'bad' ? 'papers.page-bad' : 'papers.page-warn') : t(text);
  return (
    <Button
      className={`thumbnail ${page.state}`}
      data-quality={remark?.severity}
      aria-label={t('papers.page-of', {
        paper: paperName,
        number,
        state: problem ? say(problem.what) : t(text),
      })}
      onPress={onOpen}
    >
      <span className="thumbnail-picture">
        <img src={page.thumbnailUrl} alt="" draggable={false} />
        {isReplaced && <span className="arriving-light" />}
      </span>
      <span className="thumbnail-words">
        <span>{t('papers.page', { number })}</span>
        <span className="thumbnail-state">
          <Icon name={problem ? 'warning' : icon} />
          {state}
        </span>
      </span>
    </Button>
  );
}
