import { Hono } from "hono";
import * as z from "zod";
import { adminRoles, roleNames } from "../../../../shared/gen/roles.ts";
import { rolesFromIds, rolesToIds } from "../roles.ts";
import type { App, Environment, Services } from "./context.ts";
import { isUuid, readJson } from "./http.ts";
import { parseBody } from "./input.ts";
import type { Person } from "./permissions.ts";
import { forbidden, notFound, refused } from "./problem.ts";

export const rolesInput = z.strictObject({ roles: z.array(z.string("Please name a role."), "Please give a list of roles.") });

/** The people of the app: for administrators, and by name for those who pick one in a form, where there are such forms. */
export function peopleRoutes({ database }: Services, { listedForPickers }: { listedForPickers: boolean }): App {
  const routes = new Hono<Environment>();

  routes.get("/", async (c) => {
    const viewer = c.get("viewer");
    if (!viewer) throw refused(false);
    const whole = isAdministrator(viewer);
    if (!whole && !listedForPickers) throw refused(true);
    const search = `%${(c.req.query("search") ?? "").replaceAll("\0", "").replace(/[\\%_]/g, "\\$&")}%`;
    const rows = await database`
      select "id", "email", "name", "roles" from "_user"
      where "name" ilike ${search} or (${whole} and "email" ilike ${search})
      order by "name", "id" limit 100`;
    return c.json({ items: rows.map((row) => shown(row, whole)), nextCursor: null });
  });

  routes.patch("/:id", async (c) => {
    const viewer = c.get("viewer");
    if (!viewer || !isAdministrator(viewer)) throw refused(viewer !== null);
    const { roles } = parseBody(rolesInput, await readJson(c));
    const known = roleNames.filter((name) => roles.includes(name));
    if (roles.some((name) => !known.some((role) => role === name))) throw forbidden("There is no such role.", [{ pointer: "/roles", detail: `Please use some of ${roleNames.join(", ")}.` }]);
    const id = c.req.param("id");
    if (!isUuid(id)) throw notFound();
    if (id.toLowerCase() === viewer.id && !isAdministrator({ ...viewer, roles: known })) throw forbidden("You cannot stop being an administrator yourself.");
    const [row] = await database`
      update "_user" set "roles" = ${rolesToIds(known)}::text[] where "id" = ${id}
      returning "id", "email", "name", "roles"`;
    if (!row) throw notFound();
    return c.json(shown(row, true));
  });

  return routes;
}

function isAdministrator(person: Person): boolean {
  return person.roles.some((role) => adminRoles.includes(role));
}

function shown(row: { [column: string]: unknown }, whole: boolean) {
  const { id, email, name, roles } = row as { id: string; email: string; name: string; roles: string[] };
  return whole ? { id, name, email, roles: rolesFromIds(roles) } : { id, name };
}
