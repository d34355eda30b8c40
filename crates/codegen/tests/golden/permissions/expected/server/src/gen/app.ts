import { Hono } from "hono";
import { announcementEntity } from "./announcement/entity.ts";
import { vaultEntity } from "./vault/entity.ts";
import { memoEntity } from "./memo/entity.ts";
import { reportEntity } from "./report/entity.ts";
import { diaryEntity } from "./diary/entity.ts";
import { taskEntity } from "./task/entity.ts";
import { suggestionEntity } from "./suggestion/entity.ts";
import { ticketEntity } from "./ticket/entity.ts";
import { errandEntity } from "./errand/entity.ts";
import { personEntity } from "./person/entity.ts";
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
  announcementEntity,
  vaultEntity,
  memoEntity,
  reportEntity,
  diaryEntity,
  taskEntity,
  suggestionEntity,
  ticketEntity,
  errandEntity,
  personEntity,
];

/** Builds the app: everything it answers is listed here. */
export function buildApp(services: Services, hooks: Hooks = {}, extend?: (app: App, services: Services) => void): App {
  const app: App = new Hono<Environment>();
  app.use(requestLog, securityHeaders);
  app.get("/api/health", health(services));
  app.use("/api/*", sameOrigin(services.config), limitBody, identify(services));

  app.route("/api/auth", authRoutes(services));
  app.route("/api/users", peopleRoutes(services, { listedForPickers: true }));
  app.get("/api/meta", meta(entities));
  app.get("/api/openapi.json", (c) => c.json(openApiDocument("Office", services.config.origin, entities)));
  app.route("/api/announcements", resource(services, announcementEntity, hooks.Announcement));
  app.route("/api/vaults", resource(services, vaultEntity, hooks.Vault));
  app.route("/api/memos", resource(services, memoEntity, hooks.Memo));
  app.route("/api/reports", resource(services, reportEntity, hooks.Report));
  app.route("/api/diaries", resource(services, diaryEntity, hooks.Diary));
  app.route("/api/tasks", resource(services, taskEntity, hooks.Task));
  app.route("/api/suggestions", resource(services, suggestionEntity, hooks.Suggestion));
  app.route("/api/tickets", resource(services, ticketEntity, hooks.Ticket));
  app.route("/api/errands", resource(services, errandEntity, hooks.Errand));
  app.route("/api/people", resource(services, personEntity, hooks.Person));
  extend?.(app, services);

  app.all("/api/*", otherMethods(app));
  if (services.config.webRoot !== undefined) app.use(serveWeb(services.config.webRoot));
  app.notFound((c) => notFound().toResponse(c.get("requestId")));
  app.onError((error, c) => answerError(error, c, entities));
  return app;
}
