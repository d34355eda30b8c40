// The page at `/`: what the app is, for visitors; and its home page, for those who may open it.

import { Link, Outlet } from "react-router";
import { slots } from "../../custom/slots.tsx";
import { app } from "../app.ts";
import { home } from "../routes.tsx";
import { useMayOpen } from "./access.ts";
import { Cover } from "./cover.tsx";
import { ArrowIcon } from "./icons.tsx";
import { PageTitle } from "./page.tsx";
import { useSession } from "./session.tsx";

export function Start() {
  const { user } = useSession();
  const mayOpen = useMayOpen();
  const Home = slots.home;
  if (Home) return <Home />;
  const open = home !== undefined && mayOpen(home.handle.access);
  return (
    <>
      {(!user || !open) && <Welcome alone={!open} />}
      {open ? <Outlet /> : <NavigationCards />}
    </>
  );
}

// A longer description does not fit a heading.
const sloganLength = 90;

/** `alone`: nothing else on the page has a heading. */
function Welcome({ alone }: { alone: boolean }) {
  const { user } = useSession();
  const slogan = app.description !== "" && app.description.length <= sloganLength;
  const Title = alone ? "h1" : "p";
  return (
    <section className="hero" aria-label="Welcome">
      <PageTitle title={app.name} />
      <div className="hero__inner">
        {slogan && <p className="hero__eyebrow">{app.name}</p>}
        <Title className="hero__title">{slogan ? app.description : app.name}</Title>
        {!slogan && app.description && <p className="hero__text">{app.description}</p>}
        {!user && (
          <p className="hero__actions">
            <Link className="button button--primary button--large" to="/sign-up">
              Get started
              <ArrowIcon />
            </Link>
            <Link className="button button--large" to="/sign-in">
              Sign in
            </Link>
          </p>
        )}
        <div className="hero__art" aria-hidden="true">
          {["one", "two", "three"].map((tile) => (
            <Cover key={tile} seed={`${app.name} ${tile}`} label="" />
          ))}
        </div>
      </div>
    </section>
  );
}

function NavigationCards() {
  const mayOpen = useMayOpen();
  const links = app.navigation.filter((item) => mayOpen(item.access));
  if (links.length === 0) return null;
  return (
    <nav className="page start-links" aria-label="Start">
      {links.map((item) => (
        <Link key={item.to} className="start-link" to={item.to}>
          {item.label}
          <ArrowIcon />
        </Link>
      ))}
    </nav>
  );
}
