// What is shown when a page breaks, or its code cannot be fetched because a newer release took its place.

import { useRouteError } from "react-router";
import { messageOf } from "../api.ts";

export function RouteError() {
  const error = useRouteError();
  return (
    <main className="page page--narrow">
      <div className="state" role="alert">
        <h1 className="state__title">This page could not be shown</h1>
        <p className="state__text">The app may have been updated since you opened it. Loading it again usually helps.</p>
        <p className="muted">{messageOf(error)}</p>
        <div className="state__action">
          <button type="button" className="button button--primary" onClick={() => location.reload()}>
            Load again
          </button>
        </div>
      </div>
    </main>
  );
}
