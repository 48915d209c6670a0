import type { ReactNode } from 'react';
import './illustrations.css';

export interface IllustrationProps {
  /** What is to be seen; without it the drawing only decorates words that say the same. */
  readonly label?: string;
}

export function Illustration({ label, children }: IllustrationProps & { readonly children: ReactNode }) {
  const named = label ? ({ role: 'img', 'aria-label': label } as const) : ({ 'aria-hidden': true } as const);
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: named by aria-label; a title would show as a tooltip.
    <svg className="illustration" viewBox="0 0 420 300" {...named}>
      {children}
    </svg>
  );
}
