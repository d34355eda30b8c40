import type { Hono } from "hono";
import type { Config } from "./config.ts";
import type { Database } from "./db.ts";
import type { Viewer } from "./permissions.ts";

/** What a request carries from one handler to the next. */
export interface Environment {
  Variables: {
    requestId: string;
    viewer: Viewer;
  };
  Bindings: {
    /** Address of the client, as the listener knows it. */
    address?: string;
  };
}

export type App = Hono<Environment>;

/** What the parts of the server share. */
export interface Services {
  config: Config;
  database: Database;
}
