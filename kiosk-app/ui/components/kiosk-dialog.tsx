import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Icon, type IconName } from './icon.tsx';
import './kiosk-dialog.css';

/** A question or a word in the middle of the screen. It lies inside the kiosk's frame (see `App`'s portal). */
export function KioskDialog({
  title,
  icon,
  size = 'normal',
  role = 'dialog',
  onClose,
  actions,
  children,
}: {
  readonly title: string;
  readonly icon?: IconName;
  readonly size?: 'normal' | 'full';
  readonly role?: 'dialog' | 'alertdialog';
  readonly onClose: () => void;
  readonly actions: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <ModalOverlay className="dialog-overlay" isOpen onOpenChange={(open) => !open && onClose()}>
      <Modal className={`dialog-box ${size}`}>
        <Dialog className="dialog" role={role}>
          <div className="dialog-title">
            {icon && <Icon name={icon} />}
            <Heading slot="title">{title}</Heading>
          </div>
          <div className="dialog-content">{children}</div>
          <div className="dialog-actions">{actions}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
