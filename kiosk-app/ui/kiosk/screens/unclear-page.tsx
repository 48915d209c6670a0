import { ActionButton } from '../../components/action-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useTexts } from '../../i18n/text.tsx';
import type { UnclearPage } from '../state/quality.ts';

/** What is wrong with the picture of a page, and the one button that mends it. Going on is never barred. */
export function UnclearPageNotice({
  unclear: { number, remark },
  action,
  isPending,
  isDisabled,
  onAction,
}: {
  readonly unclear: UnclearPage;
  readonly action: string;
  readonly isPending: boolean;
  readonly isDisabled: boolean;
  readonly onAction: () => void;
}) {
  const { t, say } = useTexts();
  return (
    <div className="unclear-page" data-severity={remark.severity}>
      <Notice tone="warning" role="alert">
        <p className="notice-what">
          {t('papers.page', { number })}: {say(remark.problem.what)}
        </p>
        <p>{say(remark.problem.next)}</p>
      </Notice>
      <ActionButton
        kind={remark.severity === 'bad' ? 'primary' : 'secondary'}
        icon="scan"
        isPending={isPending}
        isDisabled={isDisabled}
        onPress={onAction}
      >
        {action}
      </ActionButton>
    </div>
  );
}
