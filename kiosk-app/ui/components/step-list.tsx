import { useTexts } from '../i18n/text.tsx';
import { Icon } from './icon.tsx';
import './step-list.css';

/** Where the person stands: every step by name, those done with a check. `now` counts from 0. */
export function StepList({ names, now }: { readonly names: readonly string[]; readonly now: number }) {
  const { t } = useTexts();
  return (
    <nav className="step-list" aria-label={t('steps.label')}>
      <ol aria-hidden="true">
        {names.map((name, index) => (
          <li key={name} className={index < now ? 'done' : index === now ? 'now' : 'ahead'}>
            <span className="step-dot">{index < now ? <Icon name="check" /> : index + 1}</span>
            <span className="step-name">{name}</span>
          </li>
        ))}
      </ol>
      <p className="visually-hidden">
        {t('steps.position', { now: now + 1, all: names.length, name: names[now] ?? '' })}
      </p>
    </nav>
  );
}
