// A page of many records, with search, filters, order, and more on demand.

import { useEffect, useState } from "react";
import { Link, useNavigation } from "react-router";
import type { EntityMeta } from "../../../../shared/gen/types.ts";
import type { AppRecord } from "../api.ts";
import { useList } from "./data.ts";
import { FilterBar } from "./filters.tsx";
import { countOf, lowerFirst } from "./format.ts";
import { PlusIcon, SearchIcon } from "./icons.tsx";
import { useListQuery, type ListQuery } from "./list-query.ts";
import { findMember, isNumeric, isSortable, placeOf, type Member } from "./model.ts";
import { PageHeader } from "./page.tsx";
import { RecordCards, RecordTable } from "./records.tsx";
import { useSession } from "./session.tsx";
import { EmptyState, ErrorState, Notice, Skeleton } from "./states.tsx";
import { messageOf } from "../api.ts";

interface ListPageProps {
  entity: EntityMeta;
  title: string;
  description?: string;
  columns: readonly string[];
  layout?: "table" | "cards";
  filters?: readonly string[];
  /** The order at first: `name` or `-name`. */
  sort?: string;
  /** Records at a time. */
  pageSize?: number;
}

const noFilters: readonly string[] = [];

export function ListPage({
  entity,
  title,
  description,
  columns,
  layout = "table",
  filters = noFilters,
  sort,
  pageSize = 20,
}: ListPageProps) {
  const { may } = useSession();
  const query = useListQuery(entity, { filters, sort, pageSize });
  const list = useList<AppRecord>(query.path);
  const create = may(entity.name, "create") ? placeOf(entity.name)?.create : undefined;
  const createLink = create && (
    <Link className="button button--primary" to={create}>
      <PlusIcon />
      New {lowerFirst(entity.label)}
    </Link>
  );

  return (
    <div className="page">
      <PageHeader title={title} description={description} actions={createLink} />
      {(entity.search || filters.length > 0) && (
        <search className="toolbar" aria-label={entity.labelPlural}>
          {entity.search && <SearchBox query={query} label={`Search ${lowerFirst(entity.labelPlural)}`} />}
          {filters.length > 0 && <FilterBar entity={entity} filters={filters} query={query} />}
        </search>
      )}
      <ListContent entity={entity} columns={columns} layout={layout} query={query} list={list} createLink={createLink} />
    </div>
  );
}

interface ListContentProps {
  entity: EntityMeta;
  columns: readonly string[];
  layout: "table" | "cards";
  query: ListQuery;
  list: ReturnType<typeof useList<AppRecord>>;
  createLink: React.ReactNode;
}

function ListContent({ entity, columns, layout, query, list, createLink }: ListContentProps) {
  const { error, reload, more, loading, loadingMore } = list;
  // What was shown stays, dimmed, until the answer to a new filter or order is there.
  const [shown, setShown] = useState(list.data);
  if (list.data && list.data !== shown) setShown(list.data);
  const data = list.data ?? (error ? undefined : shown);
  if (!data) return error ? <ErrorState error={error} retry={reload} /> : <Skeleton layout={layout} />;
  if (data.items.length === 0) {
    const plural = lowerFirst(entity.labelPlural);
    if (query.narrowed) {
      return (
        <EmptyState
          title={`No ${plural} match`}
          action={
            <button type="button" className="button" onClick={query.clear}>
              Clear search and filters
            </button>
          }
        >
          Try other words, or fewer filters.
        </EmptyState>
      );
    }
    return (
      <EmptyState title={`No ${plural} yet`} action={createLink}>
        {createLink ? `Add the first one and it will show up here.` : `As soon as there are ${plural}, they show up here.`}
      </EmptyState>
    );
  }
  return (
    <section aria-label={entity.labelPlural} aria-busy={loading && !list.data}>
      {error !== undefined && <Notice tone="danger">{messageOf(error)}</Notice>}
      <div className="list-head">
        {data.total !== undefined && <p role="status">{countOf(data.total, entity.label, entity.labelPlural)}</p>}
        {layout === "cards" && <SortSelect entity={entity} columns={columns} query={query} />}
      </div>
      {layout === "cards" ? (
        <RecordCards entity={entity} columns={columns} records={data.items} />
      ) : (
        <RecordTable
          entity={entity}
          columns={columns}
          records={data.items}
          sort={query.sort}
          onSort={(sort) => query.set({ sort })}
        />
      )}
      {more && (
        <div className="more">
          <button type="button" className="button" onClick={more} disabled={loadingMore}>
            {loadingMore ? "Loading…" : "Load more"}
          </button>
        </div>
      )}
    </section>
  );
}

/** The order of cards, which have no column heads. */
function SortSelect({ entity, columns, query }: { entity: EntityMeta; columns: readonly string[]; query: ListQuery }) {
  const current = query.sort ?? "";
  const names = new Set([...columns, current.replace(/^-/, "")]);
  const members = [...names].flatMap((name) => findMember(entity, name) ?? []).filter(isSortable);
  if (members.length === 0) return null;
  return (
    <label className="list-head__sort">
      Sort by
      <select value={current} onChange={(event) => query.set({ sort: event.target.value })}>
        {current === "" && <option value="">Default</option>}
        {members.flatMap((member) => {
          const [up, down] = orderWords(member);
          return [
            <option key={member.name} value={member.name}>
              {member.label}, {up}
            </option>,
            <option key={`-${member.name}`} value={`-${member.name}`}>
              {member.label}, {down}
            </option>,
          ];
        })}
      </select>
    </label>
  );
}

function orderWords(member: Member): [string, string] {
  if (isNumeric(member)) return ["lowest first", "highest first"];
  const type = member.relation ? undefined : member.field.type;
  if (type === "date" || type === "datetime") return ["oldest first", "newest first"];
  return type === "boolean" ? ["no first", "yes first"] : ["A to Z", "Z to A"];
}

// Long enough that a word is typed without a request for each letter.
const typingPause = 250;

function SearchBox({ query, label }: { query: ListQuery; label: string }) {
  const applied = query.get("search") ?? "";
  const [text, setText] = useState(applied);
  // What the address said last, and what this box put there: an address that changed otherwise changes the text.
  const [seen, setSeen] = useState(applied);
  const [sent, setSent] = useState(applied);
  const { set } = query;
  // Whoever opens a record right after typing goes there: a search that came then would take them back.
  const leaving = useNavigation().state !== "idle";
  if (applied !== seen) {
    setSeen(applied);
    if (applied !== sent) {
      setText(applied);
      setSent(applied);
    }
  }

  useEffect(() => {
    if (text === sent || leaving) return;
    const timer = setTimeout(() => {
      setSent(text);
      set({ search: text });
    }, typingPause);
    return () => clearTimeout(timer);
  }, [text, sent, set, leaving]);

  return (
    <div className="search">
      <SearchIcon />
      <input type="search" aria-label={label} placeholder={label} value={text} onChange={(event) => setText(event.target.value)} />
    </div>
  );
}
