// The state of a list, kept in the address, in the words of the API: what can be seen can be sent to somebody.

import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import type { EntityMeta } from "../../../../shared/gen/types.ts";
import { findMember, membersOf } from "./model.ts";

export interface ListQuery {
  /** What to ask the API. */
  path: string;
  sort: string | undefined;
  get: (key: string) => string | null;
  /** Sets parameters, or takes them away with `null`. */
  set: (changes: Record<string, string | null>) => void;
  /** Whether anything is filtered or searched. */
  narrowed: boolean;
  clear: () => void;
}

interface ListOptions {
  filters: readonly string[];
  sort?: string | undefined;
  pageSize: number;
}

export function useListQuery(entity: EntityMeta, { filters, sort: firstSort, pageSize }: ListOptions): ListQuery {
  const [params, setParams] = useSearchParams();

  const narrowing = useMemo(() => {
    const keys = new Set(membersOf(entity, filters).map((member) => member.key));
    return [...params.keys()].filter((name) => name === "search" || keys.has(name.split(".")[0] ?? ""));
  }, [entity, filters, params]);

  const named = params.get("sort");
  const sort = named && findMember(entity, named.replace(/^-/, "")) ? named : firstSort;
  const asked = new URLSearchParams();
  for (const name of narrowing) asked.set(name, (params.get(name) ?? "").trim());
  if (sort) asked.set("sort", sort);
  asked.set("limit", String(pageSize));
  asked.set("count", "true");

  const set = useCallback(
    (changes: Record<string, string | null>) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [key, value] of Object.entries(changes)) {
            if (value === null || value === "") next.delete(key);
            else next.set(key, value);
          }
          return next;
        },
        { replace: true, preventScrollReset: true },
      );
    },
    [setParams],
  );

  return {
    path: `${entity.path}?${asked}`,
    sort,
    get: (key) => params.get(key),
    set,
    narrowed: narrowing.length > 0,
    clear: () => set(Object.fromEntries(narrowing.map((name) => [name, null]))),
  };
}
