import * as z from "zod";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Announcement */
export interface Announcement {
  id: string;
  createdAt: string;
  updatedAt: string;
  createdBy: api.Reference | null;
  title: string;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: AnnouncementTransition[] };
}

export type AnnouncementTransition = never;

const fields = {
  title: scalars.text({ min: 1, max: 255 }),
};

export const announcementCreate = z.strictObject({
  ...fields,
});

export const announcementUpdate = z.strictObject(fields).partial();

export type AnnouncementCreate = z.input<typeof announcementCreate>;
export type AnnouncementUpdate = z.input<typeof announcementUpdate>;

export const announcementMeta: api.EntityMeta = {
  name: "Announcement",
  path: "/api/announcements",
  label: "Announcement",
  labelPlural: "Announcements",
  display: "title",
  search: false,
  fields: {
    title: { label: "Title", type: "string", required: true, maxLength: 255 },
  },
  relations: {},
  transitions: {},
};
