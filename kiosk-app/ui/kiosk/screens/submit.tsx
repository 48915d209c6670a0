import { Icon, type IconName } from '../../components/icon.tsx';
import { Notice, ProblemNotice } from '../../components/notice.tsx';
import { type TextKey, useTexts } from '../../i18n/text.tsx';
import { Screen } from '../screen.tsx';
import { useVisit } from '../state/kiosk-context.tsx';
import { type Progress, submissionProgress } from '../state/submission-progress.ts';

const STEPS: readonly TextKey[] = ['submit.seal', 'submit.send', 'submit.accept'];

const STATES: Readonly<Record<Progress, { readonly text: TextKey; readonly icon: IconName | null }>> = {
  done: { text: 'submit.state-done', icon: 'check' },
  now: { text: 'submit.state-now', icon: null },
  waiting: { text: 'submit.state-waiting', icon: null },
  later: { text: 'submit.state-later', icon: 'clock' },
  failed: { text: 'submit.state-failed', icon: 'warning' },
};

export function SubmitScreen() {
  const { t } = useTexts();
  const { submission } = useVisit().visit;
  const refused = submission.state === 'refused';
  return (
    <Screen
      name="submit"
      title={t(refused ? 'submit.refused-title' : 'submit.title')}
      lead={refused ? undefined : t('submit.lead')}
    >
      <div className="stack">
        <ol className="progress" aria-live="polite">
          {submissionProgress(submission.state).map((progress, index) => {
            const { text, icon } = STATES[progress];
            return (
              <li key={STEPS[index]} className={`panel ${progress}`}>
                <span className="progress-mark">{icon && <Icon name={icon} />}</span>
                <span>
                  {t(STEPS[index]!)}
                  <span className="small progress-state">{t(text)}</span>
                </span>
              </li>
            );
          })}
        </ol>
        {submission.state === 'deferred' && <Notice tone="good">{t('submit.deferred')}</Notice>}
        {submission.problem && <ProblemNotice problem={submission.problem} />}
      </div>
    </Screen>
  );
}
