// A button that opens a panel below it. Escape and any press outside close it.

import { useEffect, useId, useRef, useState, type ReactNode } from "react";

interface PopoverProps {
  /** What stands on the button. */
  button: ReactNode;
  /** Name of the button, where its content is not text. */
  label?: string;
  className?: string;
  align?: "start" | "end";
  children: (close: () => void) => ReactNode;
}

export function Popover({ button, label, className = "button", align = "start", children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>(".popover__panel input")?.focus();
    const onPress = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      trigger.current?.focus();
    };
    document.addEventListener("pointerdown", onPress);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", onPress);
      document.removeEventListener("keydown", onKey);
    };
  }, [open]);

  return (
    <div
      className="popover"
      ref={root}
      onBlur={(event) => {
        if (event.relatedTarget && !root.current?.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        type="button"
        ref={trigger}
        className={className}
        aria-label={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        // Takes the focus of a press on its text: the page behind would take it otherwise, which closes the panel before the click.
        <div className={`popover__panel popover__panel--${align}`} id={id} tabIndex={-1}>
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}
