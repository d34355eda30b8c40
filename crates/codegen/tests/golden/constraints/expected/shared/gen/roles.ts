/** The roles that people can have. */
export const roleNames = ["staff", "artist"] as const;

export type RoleName = (typeof roleNames)[number];

export const roleLabels: { [name in RoleName]: string } = {
  staff: "Studio staff",
  artist: "Artist",
};

/** The roles that may list people and give them roles. */
export const adminRoles: readonly RoleName[] = ["staff"];
