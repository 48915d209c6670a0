import type { Problem } from '@motcua/contract';
import { type ReactNode, useId } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Icon, type IconName } from '../components/icon.tsx';
import { useOfficerTexts } from './texts.tsx';

export function DeskButton({
  kind = 'secondary',
  icon,
  label,
  children,
  isDisabled = false,
  type = 'button',
  onPress,
}: {
  readonly kind?: 'primary' | 'secondary' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** The name of a button that shows its sign only. */
  readonly label?: string;
  readonly children?: ReactNode;
  readonly isDisabled?: boolean;
  readonly type?: 'button' | 'submit';
  readonly onPress?: () => void;
}) {
  return (
    <Button
      className={`desk-button ${kind}${children === undefined ? ' sign-only' : ''}`}
      isDisabled={isDisabled}
      type={type}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(onPress && { onPress })}
    >
      {icon && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </Button>
  );
}

/** What happened, and the next step to take. */
export function ProblemBox({ problem }: { readonly problem: Problem }) {
  const { say } = useOfficerTexts();
  return (
    <div className="problem-box" role="alert">
      <Icon name="warning" />
      <div>
        <p className="problem-what">{say(problem.what)}</p>
        <p>{say(problem.next)}</p>
      </div>
    </div>
  );
}

export function DeskDialog({
  title,
  isBusy = false,
  onClose,
  children,
}: {
  readonly title: string;
  /** Cannot be closed while something is under way that it must report. */
  readonly isBusy?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <ModalOverlay
      className="desk-overlay"
      isOpen
      isKeyboardDismissDisabled={isBusy}
      onOpenChange={(open) => {
        if (!open && !isBusy) onClose();
      }}
    >
      <Modal className="desk-modal">
        <Dialog className="desk-dialog" aria-labelledby={id}>
          <Heading id={id} slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
