// What a view shows while it has nothing, or no answer, to show.

import type { ReactNode } from "react";
import { messageOf } from "../api.ts";
import { AlertIcon, InboxIcon } from "./icons.tsx";

export function Spinner({ label }: { label: string }) {
  return (
    <div className="spinner" role="status">
      <span className="visually-hidden">{label}</span>
    </div>
  );
}

/** Grey shapes in the place of what is on its way. */
export function Skeleton({ layout, count = 6 }: { layout: "table" | "cards" | "detail" | "form"; count?: number }) {
  return (
    <div className={`skeleton skeleton--${layout}`} role="status">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: layout === "detail" ? 1 : count }, (_, index) => (
        <div className="skeleton__item" key={index} aria-hidden="true">
          <div className="skeleton__block" />
          <div className="skeleton__line" />
          <div className="skeleton__line skeleton__line--short" />
        </div>
      ))}
    </div>
  );
}

export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="state">
      <span className="state__icon">
        <InboxIcon />
      </span>
      <h2 className="state__title">{title}</h2>
      {children && <p className="state__text">{children}</p>}
      {action && <div className="state__action">{action}</div>}
    </div>
  );
}

export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div className="state" role="alert">
      <span className="state__icon state__icon--danger">
        <AlertIcon />
      </span>
      <h2 className="state__title">This could not be loaded</h2>
      <p className="state__text">{messageOf(error)}</p>
      {retry && (
        <div className="state__action">
          <button type="button" className="button" onClick={retry}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}

/** A message inside a page: what went wrong, or what to know. */
export function Notice({ tone, title, children }: { tone: "danger" | "info"; title?: string; children: ReactNode }) {
  return (
    <div className={`notice notice--${tone}`} role={tone === "danger" ? "alert" : "note"} tabIndex={-1}>
      <AlertIcon />
      <div>
        {title && <p className="notice__title">{title}</p>}
        <div>{children}</div>
      </div>
    </div>
  );
}
