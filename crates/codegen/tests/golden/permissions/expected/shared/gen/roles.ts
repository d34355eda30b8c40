/** The roles that people can have. */
export const roleNames = ["clerk", "boss", "guest"] as const;

export type RoleName = (typeof roleNames)[number];

export const roleLabels: { [name in RoleName]: string } = {
  clerk: "Clerk",
  boss: "Boss",
  guest: "Visitor",
};

/** The roles that may list people and give them roles. */
export const adminRoles: readonly RoleName[] = ["boss"];
