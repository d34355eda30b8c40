import { announcementCreate, announcementUpdate } from "../../../../shared/gen/announcement.ts";
import type { Entity } from "../core/entity.ts";
import { permissions } from "./permissions.ts";

/** Announcement */
export const announcementEntity: Entity = {
  name: "Announcement",
  label: "Announcement",
  path: "announcements",
  table: "announcements",
  display: "title",
  createdBy: true,
  fields: {
    title: { column: "title", type: "string" },
  },
  relations: {},
  inverses: {},
  transitions: {},
  constraints: {},
  create: announcementCreate,
  update: announcementUpdate,
  permissions,
};
