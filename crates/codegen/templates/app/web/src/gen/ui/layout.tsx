// The frame around every page: header with navigation, the person's menu, and the guard before the page.

import { useEffect, useRef, useState } from "react";
import { Link, Navigate, NavLink, Outlet, ScrollRestoration, useLocation, useMatches, useNavigation } from "react-router";
import { slots } from "../../custom/slots.tsx";
import { app } from "../app.ts";
import { useMayOpen, type Access } from "./access.ts";
import { markOf } from "./format.ts";
import { CheckIcon, ChevronIcon, CloseIcon, MenuIcon, MonitorIcon, MoonIcon, SunIcon } from "./icons.tsx";
import { Avatar } from "./cover.tsx";
import { PageTitle } from "./page.tsx";
import { Popover } from "./popover.tsx";
import { useSession } from "./session.tsx";
import { adminRoles } from "../../../../shared/gen/roles.ts";
import { readTheme, saveTheme, type Theme } from "./theme.ts";

// More links than this move into a menu.
const linksInHeader = 5;

export function Layout() {
  const { pathname } = useLocation();
  const navigation = useNavigation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);

  // A new page begins at its beginning for the keyboard and for screen readers too.
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);

  const Footer = slots.footer;
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      {navigation.state === "loading" && <div className="progress" role="progressbar" aria-label="Loading the page" />}
      <Header key={pathname} />
      <main id="main" ref={main} tabIndex={-1}>
        <Guard />
      </main>
      <footer className="footer">{Footer ? <Footer /> : <p>{app.name}</p>}</footer>
      <ScrollRestoration />
    </>
  );
}

/** Lets a page through only to whom its route's `access` allows. */
function Guard() {
  const { user } = useSession();
  const location = useLocation();
  const mayOpen = useMayOpen();
  const access = useMatches()
    .map((match) => (match.handle as { access?: Access } | undefined)?.access)
    .find((found) => found !== undefined);
  if (!access || mayOpen(access)) return <Outlet />;
  if (!user) return <Navigate to={signInPath(location)} replace />;
  return (
    <div className="page page--narrow">
      <PageTitle title="Not for this account" />
      <div className="state">
        <h1 className="state__title">This page is not open to your account</h1>
        <p className="state__text">You are signed in as {user.email}. Somebody with more rights may be able to help.</p>
        <div className="state__action">
          <Link className="button" to="/">
            Back to the start
          </Link>
        </div>
      </div>
    </div>
  );
}

/** The sign-in page, which leads back to where the person is. */
export function signInPath(location: { pathname: string; search: string }): string {
  const back = location.pathname + location.search;
  return back === "/" ? "/sign-in" : `/sign-in?return=${encodeURIComponent(back)}`;
}

function Header() {
  const [open, setOpen] = useState(false);
  const { user } = useSession();
  const mayOpen = useMayOpen();
  const links = app.navigation.filter((item) => mayOpen(item.access));
  const Extra = slots.headerExtra;

  return (
    <header className="header">
      <div className="header__bar">
        <Link className="brand" to="/">
          <span className="brand__mark" aria-hidden="true">
            {markOf(app.name)}
          </span>
          <span className="brand__name">{app.name}</span>
        </Link>
        <nav className="nav" aria-label="Main">
          {links.slice(0, linksInHeader).map((item) => (
            <NavLink key={item.to} className="nav__link" to={item.to} end>
              {item.label}
            </NavLink>
          ))}
          {links.length > linksInHeader && (
            <Popover
              className="nav__link"
              button={
                <>
                  More <ChevronIcon />
                </>
              }
            >
              {() => (
                <div className="menu">
                  {links.slice(linksInHeader).map((item) => (
                    <NavLink key={item.to} className="menu__item" to={item.to} end>
                      {item.label}
                    </NavLink>
                  ))}
                </div>
              )}
            </Popover>
          )}
        </nav>
        <div className="header__end">
          {Extra && <Extra />}
          <ThemeMenu />
          <div className="header__account">{user ? <UserMenu /> : <SignInLinks />}</div>
          <button
            type="button"
            className="icon-button header__toggle"
            aria-label={open ? "Close menu" : "Open menu"}
            aria-expanded={open}
            aria-controls="mobile-menu"
            onClick={() => setOpen(!open)}
          >
            {open ? <CloseIcon /> : <MenuIcon />}
          </button>
        </div>
      </div>
      {open && (
        <div className="mobile-menu" id="mobile-menu">
          <nav className="menu" aria-label="Menu">
            {links.map((item) => (
              <NavLink key={item.to} className="menu__item" to={item.to} end>
                {item.label}
              </NavLink>
            ))}
          </nav>
          {user ? (
            <div className="mobile-menu__account">
              <AccountLinks />
            </div>
          ) : (
            <div className="mobile-menu__account mobile-menu__sign-in">
              <SignInLinks />
            </div>
          )}
        </div>
      )}
    </header>
  );
}

function SignInLinks() {
  const location = useLocation();
  const back = location.pathname.startsWith("/sign-") ? location : { pathname: "/sign-in", search: signInPath(location).replace(/^[^?]*/, "") };
  return (
    <>
      <Link className="button button--quiet" to={{ pathname: "/sign-in", search: back.search }}>
        Sign in
      </Link>
      <Link className="button button--primary" to={{ pathname: "/sign-up", search: back.search }}>
        Sign up
      </Link>
    </>
  );
}

function UserMenu() {
  const { user } = useSession();
  if (!user) return null;
  return (
    <Popover
      className="user-button"
      align="end"
      label={`Account of ${user.name}`}
      button={
        <>
          <Avatar name={user.name} seed={user.id} />
          <span className="user-button__name">{user.name}</span>
          <ChevronIcon />
        </>
      }
    >
      {() => <AccountLinks />}
    </Popover>
  );
}

function AccountLinks() {
  const { user, signOut } = useSession();
  if (!user) return null;
  return (
    <div className="menu">
      <div className="menu__head">
        <strong>{user.name}</strong>
        <span className="muted">{user.email}</span>
      </div>
      <NavLink className="menu__item" to="/account">
        Account
      </NavLink>
      {adminRoles.some((role) => user.roles.includes(role)) && (
        <NavLink className="menu__item" to="/people">
          People
        </NavLink>
      )}
      <button type="button" className="menu__item" onClick={() => void signOut()}>
        Sign out
      </button>
    </div>
  );
}

const themes: { theme: Theme; label: string; icon: typeof SunIcon }[] = [
  { theme: "light", label: "Light", icon: SunIcon },
  { theme: "dark", label: "Dark", icon: MoonIcon },
  { theme: "system", label: "System", icon: MonitorIcon },
];

function ThemeMenu() {
  const [theme, setTheme] = useState(readTheme);
  const Current = themes.find((item) => item.theme === theme)?.icon ?? MonitorIcon;
  return (
    <Popover className="icon-button" align="end" label="Theme" button={<Current />}>
      {(close) => (
        <div className="menu">
          {themes.map((item) => (
            <button
              key={item.theme}
              type="button"
              className="menu__item"
              aria-pressed={theme === item.theme}
              onClick={() => {
                saveTheme(item.theme);
                setTheme(item.theme);
                close();
              }}
            >
              <item.icon /> {item.label}
              {theme === item.theme && (
                <span className="menu__check">
                  <CheckIcon />
                </span>
              )}
            </button>
          ))}
        </div>
      )}
    </Popover>
  );
}
