// The head of a page: window title, heading, what can be done here.

import type { ReactNode } from "react";
import { Link } from "react-router";
import { app } from "../app.ts";
import { BackIcon } from "./icons.tsx";

/** Title of the window. */
export function PageTitle({ title }: { title: string }) {
  return <title>{title === app.name ? title : `${title} · ${app.name}`}</title>;
}

interface PageHeaderProps {
  title: string;
  /** A few words above the heading. */
  eyebrow?: string | undefined;
  description?: ReactNode;
  /** Where the page belongs. */
  back?: { to: string; label: string } | undefined;
  badges?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, eyebrow, description, back, badges, actions }: PageHeaderProps) {
  return (
    <div className="page-header">
      <PageTitle title={title} />
      <div className="page-header__text">
        {back && (
          <Link className="back-link" to={back.to}>
            <BackIcon />
            {back.label}
          </Link>
        )}
        {eyebrow && <p className="page-header__eyebrow">{eyebrow}</p>}
        <h1 className="page-header__title">{title}</h1>
        {badges && <div className="page-header__badges">{badges}</div>}
        {description && <p className="page-header__description">{description}</p>}
      </div>
      {actions && <div className="page-header__actions">{actions}</div>}
    </div>
  );
}
