import { ticketCreate, ticketUpdate } from "../../../../shared/gen/ticket.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Ticket */
export const ticketEntity: Entity = {
  name: "Ticket",
  label: "Ticket",
  path: "tickets",
  table: "tickets",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {
    reporter: { kind: "toOne", key: "reporterId", column: "reporter_id", target: () => "user" },
    helper: { kind: "toOne", key: "helperId", column: "helper_id", target: () => "user" },
    solver: { kind: "toOne", key: "solverId", column: "solver_id", target: () => "user", readOnly: true },
  },
  inverses: {},
  transitions: {},
  constraints: {},
  create: ticketCreate,
  update: ticketUpdate,
  permissions,
};
