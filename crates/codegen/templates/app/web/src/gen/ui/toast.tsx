// Short messages that go away by themselves.

import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from "react";
import { AlertIcon, CheckIcon, CloseIcon } from "./icons.tsx";

interface Toast {
  id: number;
  tone: "success" | "danger";
  text: string;
}

type Show = (text: string, tone?: Toast["tone"]) => void;

const Context = createContext<Show>(() => undefined);

export function useToast(): Show {
  return useContext(Context);
}

const shownFor = 6_000;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(0);
  const dismiss = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<Show>(
    (text, tone = "success") => {
      const id = next.current++;
      setToasts((all) => [...all.slice(-2), { id, tone, text }]);
      setTimeout(() => dismiss(id), shownFor);
    },
    [dismiss],
  );

  return (
    <Context value={show}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast toast--${toast.tone}`}>
            {toast.tone === "success" ? <CheckIcon /> : <AlertIcon />}
            <span>{toast.text}</span>
            <button type="button" className="icon-button icon-button--small" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
              <CloseIcon />
            </button>
          </div>
        ))}
      </div>
    </Context>
  );
}
