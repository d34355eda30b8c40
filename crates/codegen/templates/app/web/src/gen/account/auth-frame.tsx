// The frame of sign-in and sign-up, and the way back to where the person wanted to go.

import type { ReactNode } from "react";
import { Navigate, useSearchParams } from "react-router";
import { app } from "../app.ts";
import { markOf } from "../ui/format.ts";
import { PageTitle } from "../ui/page.tsx";
import { useSession } from "../ui/session.tsx";

/** The path in `?return=`; only paths of this app. */
function useReturnPath(): string {
  const [params] = useSearchParams();
  const path = params.get("return") ?? "/";
  return /^\/(?![/\\])/.test(path) ? path : "/";
}

interface AuthFrameProps {
  title: string;
  text: string;
  children: ReactNode;
  /** The way to the other page. */
  footer: ReactNode;
}

export function AuthFrame({ title, text, children, footer }: AuthFrameProps) {
  const { user } = useSession();
  const returnPath = useReturnPath();
  if (user) return <Navigate to={returnPath} replace />;
  return (
    <div className="auth">
      <PageTitle title={title} />
      <div className="auth__card">
        <span className="brand__mark brand__mark--large" aria-hidden="true">
          {markOf(app.name)}
        </span>
        <h1 className="auth__title">{title}</h1>
        <p className="auth__text">{text}</p>
        {children}
        <p className="auth__footer">{footer}</p>
      </div>
    </div>
  );
}
