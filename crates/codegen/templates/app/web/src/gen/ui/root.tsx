// The whole interface: what surrounds it, and all of its routes.

import { createBrowserRouter, type RouteObject } from "react-router";
import { RouterProvider } from "react-router/dom";
import { slots } from "../../custom/slots.tsx";
import { home, pages } from "../routes.tsx";
import { Layout } from "./layout.tsx";
import { NotFound } from "./not-found.tsx";
import { lazy } from "./route.ts";
import { RouteError } from "./route-error.tsx";
import { SessionProvider } from "./session.tsx";
import { Start } from "./start.tsx";
import { Spinner } from "./states.tsx";
import { ToastProvider } from "./toast.tsx";

const account: RouteObject[] = [
  { path: "sign-in", lazy: lazy(() => import("../account/sign-in.tsx")) },
  { path: "sign-up", lazy: lazy(() => import("../account/sign-up.tsx")) },
  { path: "account", lazy: lazy(() => import("../account/account.tsx")) },
  { path: "people", lazy: lazy(() => import("../account/people.tsx")) },
];

const router = createBrowserRouter([
  {
    element: <Layout />,
    errorElement: <RouteError />,
    HydrateFallback: () => <Spinner label="Loading" />,
    children: [
      // The owner's routes come first, so that they can stand in for a page.
      ...(slots.routes ?? []),
      { element: <Start />, children: [home ? { index: true, lazy: home.lazy } : { index: true, element: null }] },
      ...pages,
      ...account,
      { path: "*", element: <NotFound /> },
    ],
  },
]);

export function Root() {
  return (
    <SessionProvider>
      <ToastProvider>
        <RouterProvider router={router} />
      </ToastProvider>
    </SessionProvider>
  );
}
