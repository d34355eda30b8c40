// What ../app.ts says about the whole app, and what ../../custom/slots.tsx may add to it.

import type { ComponentType } from "react";
import type { RouteObject } from "react-router";
import type { AppRecord } from "../api.ts";
import type { Access } from "./access.ts";

export interface NavigationItem {
  label: string;
  to: string;
  access: Access;
}

export interface AppConfig {
  name: string;
  description: string;
  navigation: readonly NavigationItem[];
}

/** Places of the interface that its owner can fill. */
export interface Slots {
  /** In the header, before the person's menu. */
  headerExtra?: ComponentType;
  /** Below every page. */
  footer?: ComponentType;
  /** In the place of the start page. */
  home?: ComponentType;
  /** Below the facts of a record, by the entity's name. */
  detailExtra?: Readonly<Record<string, ComponentType<{ record: AppRecord }>>>;
  /** Further pages. */
  routes?: RouteObject[];
}
