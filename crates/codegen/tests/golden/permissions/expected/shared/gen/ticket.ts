import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Ticket */
export interface Ticket {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  reporterId: string | null;
  reporter: api.Included<api.User> | null;
  helperId: string | null;
  helper: api.Included<api.User> | null;
  solverId: string | null;
  solver: api.Included<api.User> | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: TicketTransition[] };
}

export type TicketTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
  reporterId: scalars.id().nullish(),
  helperId: scalars.id().nullish(),
};

export const ticketCreate = z.strictObject({
  ...fields,
});

export const ticketUpdate = z.strictObject(fields).partial();

export type TicketCreate = z.input<typeof ticketCreate>;
export type TicketUpdate = z.input<typeof ticketUpdate>;

export const ticketMeta: api.EntityMeta = {
  name: "Ticket",
  path: "/api/tickets",
  label: "Ticket",
  labelPlural: "Tickets",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {
    reporter: { label: "Reporter", kind: "manyToOne", key: "reporterId", target: "user", path: "/api/users" },
    helper: { label: "Helper", kind: "manyToOne", key: "helperId", target: "user", path: "/api/users" },
    solver: { label: "Solver", kind: "manyToOne", key: "solverId", target: "user", path: "/api/users", readOnly: true },
  },
  transitions: {},
};
