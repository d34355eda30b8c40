// Who may open which page. The server decides what anybody sees; this only keeps people from doors that are shut.

import type { RoleName } from "../../../../shared/gen/roles.ts";
import { useSession } from "./session.tsx";

export interface Access {
  entity: string;
  /** What the page is for. An editing page asks the record itself, through its `can`. */
  what: "read" | "create" | "update";
  /** Narrows it to people who are signed in, or who have one of these roles. */
  allow?: "signedIn" | readonly RoleName[];
}

/** Whether the signed-in person (or a visitor) may open a page. */
export function useMayOpen(): (access: Access) => boolean {
  const { user, may } = useSession();
  return ({ entity, what, allow }) => {
    if (allow === "signedIn" && !user) return false;
    if (Array.isArray(allow) && !allow.some((role) => user?.roles.includes(role))) return false;
    return what === "update" ? user !== null || allow === undefined : may(entity, what);
  };
}
