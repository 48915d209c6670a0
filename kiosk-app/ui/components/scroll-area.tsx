import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useTexts } from '../i18n/text.tsx';
import { Icon } from './icon.tsx';
import './scroll-area.css';

/** Share of the visible height that one press moves: a line of the old view stays as a landmark. */
const STEP = 0.8;

/** A region taller than its place moves by big arrows as well as by the finger: nothing is shrunk to fit. */
export function ScrollArea({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const { t } = useTexts();
  const view = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [ends, setEnds] = useState({ top: true, bottom: true });

  const measure = useCallback(() => {
    const box = view.current;
    if (!box) return;
    const top = box.scrollTop <= 2;
    const bottom = box.scrollTop + box.clientHeight >= box.scrollHeight - 2;
    setEnds((old) => (old.top === top && old.bottom === bottom ? old : { top, bottom }));
  }, []);

  useEffect(() => {
    const observer = new ResizeObserver(measure);
    if (view.current) observer.observe(view.current);
    if (content.current) observer.observe(content.current);
    return () => observer.disconnect();
  }, [measure]);

  const move = (direction: 1 | -1) => {
    const box = view.current;
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    box?.scrollBy({ top: direction * box.clientHeight * STEP, behavior: isCalm ? 'auto' : 'smooth' });
  };
  const moves = !(ends.top && ends.bottom);

  return (
    <div className="scroll-area" data-moves={moves || undefined}>
      <section
        ref={view}
        className="scroll-view"
        data-above={!ends.top || undefined}
        data-below={!ends.bottom || undefined}
        aria-label={label}
        tabIndex={moves ? 0 : -1}
        onScroll={measure}
      >
        <div ref={content}>{children}</div>
      </section>
      {moves && (
        <div className="scroll-arrows">
          <Button
            className="scroll-arrow"
            aria-label={t('frame.up')}
            isDisabled={ends.top}
            onPress={() => move(-1)}
          >
            <Icon name="up" />
          </Button>
          <Button
            className="scroll-arrow"
            aria-label={t('frame.down')}
            isDisabled={ends.bottom}
            onPress={() => move(1)}
          >
            <Icon name="down" />
          </Button>
        </div>
      )}
    </div>
  );
}
