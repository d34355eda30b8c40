import { type Permissions, everyone } from "../core/permissions.ts";

/** "; drop table x; -- </script>${process.exit()}`*⁠/\u0000 {{=1}} [% *⁠/ // */
export const permissions: Permissions = {
  read: [everyone()],
  create: [everyone()],
  update: [everyone()],
  delete: [everyone()],
  transitions: {
    return: [everyone()],
    throw: [everyone()],
  },
};
