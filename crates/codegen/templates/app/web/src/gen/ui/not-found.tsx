import { Link } from "react-router";
import { PageTitle } from "./page.tsx";

/** There is nothing here, or nothing that this person may see. */
export function NotFound({ what = "page" }: { what?: string }) {
  return (
    <div className="page page--narrow">
      <PageTitle title="Not found" />
      <div className="state">
        <p className="state__code">404</p>
        <h1 className="state__title">This {what} was not found</h1>
        <p className="state__text">It may have been removed, or the address has a typing error.</p>
        <div className="state__action">
          <Link className="button" to="/">
            Back to the start
          </Link>
        </div>
      </div>
    </div>
  );
}
