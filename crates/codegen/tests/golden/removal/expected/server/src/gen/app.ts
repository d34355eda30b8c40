import { Hono } from "hono";
import { cabinetEntity } from "./cabinet/entity.ts";
import { folderEntity } from "./folder/entity.ts";
import { paperEntity } from "./paper/entity.ts";
import { labelEntity } from "./label/entity.ts";
import { remarkEntity } from "./remark/entity.ts";
import { receiptEntity } from "./receipt/entity.ts";
import { copyEntity } from "./copy/entity.ts";
import { authRoutes } from "./core/auth.ts";
import type { App, Environment, Services } from "./core/context.ts";
import type { Entity } from "./core/entity.ts";
import { answerError } from "./core/errors.ts";
import { health } from "./core/health.ts";
import { limitBody, otherMethods, requestLog, sameOrigin, securityHeaders } from "./core/http.ts";
import { meta } from "./core/meta.ts";
import { openApiDocument } from "./core/openapi.ts";
import { peopleRoutes } from "./core/people.ts";
import { notFound } from "./core/problem.ts";
import { resource } from "./core/resource.ts";
import { identify } from "./core/sessions.ts";
import { serveWeb } from "./core/web.ts";
import type { Hooks } from "./hooks.ts";

const entities: Entity[] = [
  cabinetEntity,
  folderEntity,
  paperEntity,
  labelEntity,
  remarkEntity,
  receiptEntity,
  copyEntity,
];

/** Builds the app: everything it answers is listed here. */
export function buildApp(services: Services, hooks: Hooks = {}, extend?: (app: App, services: Services) => void): App {
  const app: App = new Hono<Environment>();
  app.use(requestLog, securityHeaders);
  app.get("/api/health", health(services));
  app.use("/api/*", sameOrigin(services.config), limitBody, identify(services));

  app.route("/api/auth", authRoutes(services));
  app.route("/api/users", peopleRoutes(services, { listedForPickers: false }));
  app.get("/api/meta", meta(entities));
  app.get("/api/openapi.json", (c) => c.json(openApiDocument("Paper archive", services.config.origin, entities)));
  app.route("/api/cabinets", resource(services, cabinetEntity, hooks.Cabinet));
  app.route("/api/folders", resource(services, folderEntity, hooks.Folder));
  app.route("/api/papers", resource(services, paperEntity, hooks.Paper));
  app.route("/api/labels", resource(services, labelEntity, hooks.Label));
  app.route("/api/remarks", resource(services, remarkEntity, hooks.Remark));
  app.route("/api/receipts", resource(services, receiptEntity, hooks.Receipt));
  app.route("/api/copies", resource(services, copyEntity, hooks.Copy));
  extend?.(app, services);

  app.all("/api/*", otherMethods(app));
  if (services.config.webRoot !== undefined) app.use(serveWeb(services.config.webRoot));
  app.notFound((c) => notFound().toResponse(c.get("requestId")));
  app.onError((error, c) => answerError(error, c, entities));
  return app;
}
