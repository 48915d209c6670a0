import { useEffect } from 'react';
import type { Connection } from './connection.ts';

const AT_MOST_EVERY_MS = 10_000;
/** A touch is mostly the press of a button, whose command moves the deadline by itself: wait and see. */
const AFTER_TOUCH_MS = 800;

/** Any touch or key tells the service that somebody is here. */
export function useStay(connection: Connection): void {
  useEffect(() => {
    let last = Number.NEGATIVE_INFINITY;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const touched = () => {
      if (performance.now() - last < AT_MOST_EVERY_MS) return;
      last = performance.now();
      clearTimeout(timer);
      timer = setTimeout(connection.stay, AFTER_TOUCH_MS);
    };
    document.addEventListener('pointerdown', touched, { capture: true, passive: true });
    document.addEventListener('keydown', touched, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerdown', touched, { capture: true });
      document.removeEventListener('keydown', touched, { capture: true });
    };
  }, [connection]);
}
