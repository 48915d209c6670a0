import type { KioskView } from '@motcua/contract';
import { type RefObject, useLayoutEffect } from 'react';

/** The smallest kiosk screens that the layouts are made for, in millimetres: portrait, landscape. */
const PORTRAIT = { width: 240, height: 400 };
const LANDSCAPE = { width: 355, height: 235 };

/**
 * Sets `--mm` on the kiosk's frame. On an appliance it is exactly the configured value.
 * In the demo the window is any window, so the kiosk is shown reduced when it would not fit.
 */
export function useMillimetre(
  frame: RefObject<HTMLElement | null>,
  view: Pick<KioskView, 'pixelsPerMillimetre' | 'profile'> | null,
): void {
  const configured = view?.pixelsPerMillimetre ?? null;
  const isDemo = view?.profile === 'demo';
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element || configured === null) return;
    const apply = () => {
      const { clientWidth: width, clientHeight: height } = element;
      const least = width > height ? LANDSCAPE : PORTRAIT;
      const fitting = Math.min(width / least.width, height / least.height);
      const millimetre = isDemo && fitting > 0 ? Math.min(configured, fitting) : configured;
      document.documentElement.style.setProperty('--mm', `${millimetre.toFixed(3)}px`);
    };
    apply();
    const observer = new ResizeObserver(apply);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame, configured, isDemo]);
}
