/** The roles that people can have. */
export const roleNames = [] as const;

export type RoleName = (typeof roleNames)[number];

export const roleLabels: { [name in RoleName]: string } = {};

/** The roles that may list people and give them roles. */
export const adminRoles: readonly RoleName[] = [];
