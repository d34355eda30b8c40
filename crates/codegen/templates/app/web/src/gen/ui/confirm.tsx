// Asks before what cannot be undone.

import { useEffect, useId, useRef, type ReactNode } from "react";

interface ConfirmProps {
  title: string;
  children: ReactNode;
  /** Text of the button that goes on. */
  action: string;
  danger?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}

export function Confirm({ title, children, action, danger = false, onConfirm, onCancel }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={id} className="dialog__title">
        {title}
      </h2>
      <p className="dialog__text">{children}</p>
      <div className="dialog__actions">
        <button type="button" className="button" onClick={onCancel} autoFocus>
          Cancel
        </button>
        <button type="button" className={danger ? "button button--danger" : "button button--primary"} onClick={onConfirm}>
          {action}
        </button>
      </div>
    </dialog>
  );
}
