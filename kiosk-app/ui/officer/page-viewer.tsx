import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Icon } from '../components/icon.tsx';
import type { PlacedPage } from './dossier-pane.tsx';
import { DeskButton } from './parts.tsx';
import { useOfficerTexts } from './texts.tsx';

const ZOOMS = [1, 1.5, 2, 3] as const;

/** Thumbnails at the side, one page large; scrolled when it is larger than its frame. */
export function PageViewer({
  pages,
  at,
  onShow,
}: {
  readonly pages: readonly PlacedPage[];
  readonly at: number;
  readonly onShow: (index: number) => void;
}) {
  const { t } = useOfficerTexts();
  const [zoom, setZoom] = useState(0);
  const current = pages[at]!;
  const name = ({ paper, number }: PlacedPage) => t('page.name', { paper, number });
  const doubtful = ({ page }: PlacedPage) => page.fields.filter((field) => field.state === 'doubtful').length;
  return (
    <section className="viewer" aria-label={t('page.list')}>
      <ol className="thumbs">
        {pages.map((one, index) => (
          <li key={one.page.imageUrl}>
            <Button
              className={`thumb${index === at ? ' current' : ''}`}
              aria-label={
                doubtful(one) === 0
                  ? name(one)
                  : `${name(one)}, ${t('list.doubtful', { count: doubtful(one) })}`
              }
              {...(index === at ? { 'aria-current': 'page' as const } : {})}
              onPress={() => onShow(index)}
            >
              <img src={one.page.imageUrl} alt="" loading="lazy" />
              {one.number === 1 && <span lang="vi">{one.paper}</span>}
              {doubtful(one) > 0 && (
                <span className="thumb-doubtful">
                  <Icon name="warning" />
                  {doubtful(one)}
                </span>
              )}
            </Button>
          </li>
        ))}
      </ol>
      <div className="viewer-main">
        <div className="viewer-bar">
          <DeskButton
            kind="quiet"
            icon="up"
            label={t('page.previous')}
            isDisabled={at === 0}
            onPress={() => onShow(at - 1)}
          />
          <DeskButton
            kind="quiet"
            icon="down"
            label={t('page.next')}
            isDisabled={at === pages.length - 1}
            onPress={() => onShow(at + 1)}
          />
          <p className="viewer-name" lang="vi" aria-live="polite">
            {name(current)}
          </p>
          <DeskButton
            kind="quiet"
            icon="smaller"
            label={t('page.smaller')}
            isDisabled={zoom === 0}
            onPress={() => setZoom((now) => Math.max(0, now - 1))}
          />
          <DeskButton
            kind="quiet"
            icon="larger"
            label={t('page.larger')}
            isDisabled={zoom === ZOOMS.length - 1}
            onPress={() => setZoom((now) => Math.min(ZOOMS.length - 1, now + 1))}
          />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keyboard */}
        <section className="viewer-frame" tabIndex={0} aria-label={name(current)}>
          <img className={`page-picture zoom-${zoom}`} src={current.page.imageUrl} alt={name(current)} />
        </section>
      </div>
    </section>
  );
}
