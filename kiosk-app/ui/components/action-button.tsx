import { type ReactNode, useId } from 'react';
import { Button } from 'react-aria-components';
import './action-button.css';
import { Icon, type IconName } from './icon.tsx';

export interface ActionButtonProps {
  readonly children: string;
  readonly kind?: 'primary' | 'secondary' | 'quiet' | 'danger';
  readonly size?: 'normal' | 'large';
  readonly icon?: IconName;
  /** After the words instead of before them, for going forward. */
  readonly iconLast?: boolean;
  /** A second, smaller line. It describes the button and is not part of its name. */
  readonly hint?: ReactNode;
  /** Its command waits for an answer. */
  readonly isPending?: boolean;
  readonly isDisabled?: boolean;
  /** Of a button that unfolds something. */
  readonly isExpanded?: boolean;
  readonly onPress: () => void;
}

/** Every button of the kiosk: at least 20 mm high, words first. */
export function ActionButton({
  children,
  kind = 'secondary',
  size = 'normal',
  icon,
  iconLast = false,
  hint,
  isPending = false,
  isDisabled = false,
  isExpanded,
  onPress,
}: ActionButtonProps) {
  const id = useId();
  const mark = icon && <Icon name={icon} />;
  return (
    <Button
      className={`action-button ${kind} ${size}`}
      isDisabled={isDisabled}
      {...(isExpanded === undefined ? {} : { 'aria-expanded': isExpanded })}
      data-pending={isPending || undefined}
      aria-labelledby={`${id}-name`}
      {...(hint ? { 'aria-describedby': `${id}-hint` } : {})}
      onPress={onPress}
    >
      {!iconLast && mark}
      <span className="action-words">
        <span id={`${id}-name`}>{children}</span>
        {hint && (
          <span id={`${id}-hint`} className="action-hint">
            {hint}
          </span>
        )}
      </span>
      {iconLast && mark}
    </Button>
  );
}
