import { type ReactNode, useEffect, useRef } from 'react';
import { ProblemNotice } from '../components/notice.tsx';
import { useKiosk } from './state/kiosk-context.tsx';

/** The common shape of a step: title, what went wrong if anything, contents, and the actions at the lower edge. */
export function Screen({
  name,
  title,
  lead,
  actions,
  children,
}: {
  /** Becomes `data-testid="screen-…"`. */
  readonly name: string;
  readonly title: string;
  readonly lead?: string | undefined;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { state, view } = useKiosk();
  const heading = useRef<HTMLHeadingElement>(null);
  const problem = state.problem ?? view.visit?.problem ?? null;
  // A screen reader starts at the title of the new screen, and no button of it is focused by accident.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className={`screen screen-${name}`} data-testid={`screen-${name}`}>
      <div className="screen-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead && <p>{lead}</p>}
        {problem && <ProblemNotice problem={problem} />}
      </div>
      <div className="screen-body">{children}</div>
      {actions && <div className="screen-actions">{actions}</div>}
    </div>
  );
}
