// What an address fills into a form: `/bookings/new?carId=<id>`.

import { useEffect, useState } from "react";
import type { EntityMeta, Reference } from "../../../../shared/gen/types.ts";
import { memberOf, type Member } from "./model.ts";
import { resolveTarget } from "./relation-picker.tsx";

export interface Prefilled {
  member: Member & { relation: true };
  reference: Reference;
}

/** The references that the address names, once their labels are known. */
export function usePrefilled(entity: EntityMeta, params: URLSearchParams): { items: Prefilled[]; loading: boolean } {
  const [items, setItems] = useState<Prefilled[]>();
  const query = params.toString();

  useEffect(() => {
    const controller = new AbortController();
    const named = new URLSearchParams(query);
    const wanted = Object.keys(entity.relations).flatMap((name) => {
      const member = memberOf(entity, name);
      const id = member.relation && !member.target.readOnly ? named.get(member.key) : null;
      return member.relation && id ? [{ member, id }] : [];
    });
    const resolved = wanted.map(async ({ member, id }) => {
      try {
        return { member, reference: await resolveTarget(member.target, id, controller.signal) };
      } catch {
        // Kept all the same: the server says what is wrong with it.
        return { member, reference: { id, label: null } };
      }
    });
    void Promise.all(resolved).then((found) => {
      if (!controller.signal.aborted) setItems(found);
    });
    return () => controller.abort();
  }, [entity, query]);

  return { items: items ?? [], loading: items === undefined };
}
