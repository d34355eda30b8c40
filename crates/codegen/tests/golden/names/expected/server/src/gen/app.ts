import { Hono } from "hono";
import { class_Entity } from "./class/entity.ts";
import { object_Entity } from "./object/entity.ts";
import { dateEntity } from "./date/entity.ts";
import { request_Entity } from "./request/entity.ts";
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
  class_Entity,
  object_Entity,
  dateEntity,
  request_Entity,
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
  app.get("/api/openapi.json", (c) => c.json(openApiDocument("<\u002ftitle><script>alert(1)<\u002fscript>", services.config.origin, entities)));
  app.route("/api/classes", resource(services, class_Entity, hooks.Class));
  app.route("/api/objects", resource(services, object_Entity, hooks.Object));
  app.route("/api/dates", resource(services, dateEntity, hooks.Date));
  app.route("/api/requests", resource(services, request_Entity, hooks.Request));
  extend?.(app, services);

  app.all("/api/*", otherMethods(app));
  if (services.config.webRoot !== undefined) app.use(serveWeb(services.config.webRoot));
  app.notFound((c) => notFound().toResponse(c.get("requestId")));
  app.onError((error, c) => answerError(error, c, entities));
  return app;
}
