import type { Problem } from '@motcua/contract';
import type { ReactNode } from 'react';
import { useTexts } from '../i18n/text.tsx';
import { Icon, type IconName } from './icon.tsx';
import './notice.css';

export type NoticeTone = 'warning' | 'good' | 'plain';

const ICONS: Readonly<Record<NoticeTone, IconName>> = { warning: 'warning', good: 'check', plain: 'clock' };

/** One plain sentence in its own box, with a sign beside it: never told by colour alone. */
export function Notice({
  tone,
  icon = ICONS[tone],
  role,
  children,
}: {
  readonly tone: NoticeTone;
  readonly icon?: IconName;
  readonly role?: 'status' | 'alert';
  readonly children: ReactNode;
}) {
  return (
    <div className={`notice ${tone}`} role={role}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

/** What happened, and the next step to take. */
export function ProblemNotice({
  problem,
  role = 'alert',
}: {
  readonly problem: Problem;
  readonly role?: 'status' | 'alert';
}) {
  const { say } = useTexts();
  return (
    <Notice tone="warning" role={role}>
      <p className="notice-what">{say(problem.what)}</p>
      <p>{say(problem.next)}</p>
    </Notice>
  );
}
