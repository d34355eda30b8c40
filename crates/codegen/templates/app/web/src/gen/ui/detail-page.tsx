// A page of one record: what it is, what belongs to it, what can be done with it.

import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { slots } from "../../custom/slots.tsx";
import type { EntityMeta } from "../../../../shared/gen/types.ts";
import { api, ApiError, messageOf, type AppRecord } from "../api.ts";
import { Confirm } from "./confirm.tsx";
import { Cover } from "./cover.tsx";
import { invalidate, remember, useList, useResource } from "./data.ts";
import { lowerFirst } from "./format.ts";
import { ArrowIcon, EditIcon, PlusIcon, TrashIcon } from "./icons.tsx";
import { memberOf, membersOf, placeOf, titleField, titleOf, type Member } from "./model.ts";
import { PageHeader } from "./page.tsx";
import { NotFound } from "./not-found.tsx";
import { RecordTable } from "./records.tsx";
import { useSession } from "./session.tsx";
import { ErrorState, Skeleton } from "./states.tsx";
import { useToast } from "./toast.tsx";
import { isEmpty, Value } from "./value.tsx";

interface Related {
  entity: EntityMeta;
  title: string;
  /** The relation of `entity` that points here. */
  relation: string;
  columns: readonly string[];
}

interface Action {
  label: string;
  /** A form that creates a record of another entity. */
  to: string;
  entity: string;
  /** The key that the form fills with this record. */
  fill: string;
}

interface DetailPageProps {
  entity: EntityMeta;
  /** Stands above the record's own name. */
  title?: string;
  facts: readonly string[];
  description?: string;
  /** Shows the picture that cards show. */
  cover?: boolean;
  actions?: readonly Action[];
  related?: readonly Related[];
}

export function DetailPage({ entity, title: eyebrow, facts, description, cover = false, actions = [], related = [] }: DetailPageProps) {
  const { id = "" } = useParams();
  const path = `${entity.path}/${encodeURIComponent(id)}`;
  const { data: record, error, reload } = useResource<AppRecord>(path);
  const { may } = useSession();

  if (error instanceof ApiError && error.status === 404) return <NotFound what={lowerFirst(entity.label)} />;
  if (!record) return <div className="page">{error ? <ErrorState error={error} retry={reload} /> : <Skeleton layout="detail" />}</div>;

  const title = titleOf(entity, record);
  const list = placeOf(entity.name)?.list;
  const shown = membersOf(entity, facts).filter((member) => member.name in record && member.name !== titleField(entity));
  const badges = shown.filter((member) => !member.relation && member.field.type === "enum" && !member.field.list);
  const prices = shown.filter((member) => !member.relation && member.field.type === "money" && !member.field.list);
  const texts = shown.filter((member) => !member.relation && member.field.type === "text");
  const rest = shown.filter((member) => !badges.includes(member) && !prices.includes(member) && !texts.includes(member));
  const Extra = slots.detailExtra?.[entity.name];

  return (
    <div className="page">
      <PageHeader
        title={title}
        eyebrow={eyebrow && title.startsWith(eyebrow) ? undefined : eyebrow}
        description={description}
        back={list ? { to: list, label: entity.labelPlural } : undefined}
        badges={badges.some((member) => !isEmpty(record[member.name])) && badges.map((member) => <Value key={member.name} record={record} member={member} />)}
        actions={<Manage entity={entity} record={record} title={title} path={path} />}
      />
      <div className="detail">
        <div className="detail__main">
          {cover && <Cover seed={record.id} label={title} large />}
          {texts.map((member) => !isEmpty(record[member.name]) && <LongText key={member.name} record={record} member={member} />)}
          {rest.length > 0 && (
            <section className="panel" aria-label="Details">
              <dl className="facts">
                {rest.map((member) => (
                  <div key={member.name} className={isWide(member, record[member.name]) ? "facts__item facts__item--wide" : "facts__item"}>
                    <dt>{member.label}</dt>
                    <dd>
                      <Value record={record} member={member} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          )}
          {Extra && <Extra record={record} />}
        </div>
        <Aside entity={entity} record={record} path={path} prices={prices} actions={actions} />
      </div>
      {related
        .filter((other) => may(other.entity.name, "read"))
        .map((other) => (
          <RelatedList
            key={`${other.entity.name}.${other.relation}`}
            {...other}
            record={record}
            // An action beside the record may offer the same already.
            offered={actions.some((action) => action.entity === other.entity.name)}
          />
      ))}
    </div>
  );
}

// Longer lists take a line of their own.
const itemsInColumn = 2;

function isWide(member: Member, value: unknown): boolean {
  return (!member.relation && member.field.type === "json") || (Array.isArray(value) && value.length > itemsInColumn);
}

function LongText({ record, member }: { record: AppRecord; member: Member }) {
  return (
    <section className="panel">
      <h2 className="panel__title">{member.label}</h2>
      <Value record={record} member={member} />
    </section>
  );
}

/** Edit and delete, for whom the record allows it. */
function Manage({ entity, record, title, path }: { entity: EntityMeta; record: AppRecord; title: string; path: string }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const toast = useToast();
  const place = placeOf(entity.name);

  const remove = async () => {
    setAsking(false);
    try {
      await api.delete(path, record.version);
      toast(`${entity.label} deleted`);
      await navigate(place?.list ?? "/", { replace: true });
      invalidate("/api/");
    } catch (error) {
      toast(messageOf(error), "danger");
    }
  };

  return (
    <>
      {record.can?.update && place?.edit && (
        <Link className="button" to={`${place.edit}/${record.id}`}>
          <EditIcon />
          Edit
        </Link>
      )}
      {record.can?.delete && (
        <button type="button" className="button button--danger-quiet" onClick={() => setAsking(true)}>
          <TrashIcon />
          Delete
        </button>
      )}
      {asking && (
        <Confirm title={`Delete ${title}?`} action="Delete" danger onConfirm={() => void remove()} onCancel={() => setAsking(false)}>
          This cannot be undone.
        </Confirm>
      )}
    </>
  );
}

interface AsideProps {
  entity: EntityMeta;
  record: AppRecord;
  path: string;
  prices: Member[];
  actions: readonly Action[];
}

/** What stands out about a record, and what it can be used for. */
function Aside({ entity, record, path, prices, actions }: AsideProps) {
  const { may, user } = useSession();
  // A visitor is shown the way too: it leads through the sign-in.
  const open = actions.filter((action) => !user || may(action.entity, "create"));
  const transitions = (record.can?.transitions ?? []).flatMap((name) => entity.transitions?.[name] ?? []);
  if (prices.length === 0 && open.length === 0 && transitions.length === 0) return null;
  return (
    <aside className="panel detail__aside" aria-label="Actions">
      {prices.map((member) => (
        <p key={member.name} className="price price--large">
          <Value record={record} member={member} /> <span className="muted">{lowerFirst(member.label)}</span>
        </p>
      ))}
      {open.map((action, index) => (
        <Link
          key={action.to + action.fill}
          className={`button button--wide ${index === 0 ? "button--primary" : ""}`}
          to={`${action.to}?${action.fill}=${record.id}`}
        >
          {action.label}
          <ArrowIcon />
        </Link>
      ))}
      {transitions.map((transition) => (
        <TransitionButton key={transition.path} entity={entity} transition={transition} record={record} path={path} />
      ))}
    </aside>
  );
}

interface TransitionButtonProps {
  entity: EntityMeta;
  transition: EntityMeta["transitions"][string];
  record: AppRecord;
  path: string;
}

function TransitionButton({ entity, transition, record, path }: TransitionButtonProps) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const result = entity.fields[transition.field]?.options?.[transition.to];
  const danger = result?.tone === "danger";
  const style = danger ? "button--danger-quiet" : result?.tone === "neutral" ? "" : "button--primary";

  const run = async () => {
    setAsking(false);
    setBusy(true);
    try {
      const changed = await api.post<AppRecord>(`${path}/${transition.path}`, undefined, record.version);
      toast(result ? `${entity.label} is now ${lowerFirst(result.label)}` : `${entity.label} changed`);
      remember(path, changed);
      invalidate("/api/");
    } catch (error) {
      toast(messageOf(error), "danger");
      invalidate(path);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <button
        type="button"
        className={`button button--wide ${style}`}
        disabled={busy}
        onClick={() => (danger ? setAsking(true) : void run())}
      >
        {transition.label}
      </button>
      {asking && (
        <Confirm
          title={`${transition.label}?`}
          action={transition.label}
          danger
          onConfirm={() => void run()}
          onCancel={() => setAsking(false)}
        >
          The {lowerFirst(entity.label)} becomes {lowerFirst(result?.label ?? "")}.
        </Confirm>
      )}
    </>
  );
}

const shownRelated = 10;

interface RelatedListProps extends Related {
  record: AppRecord;
  /** Whether something else on the page creates such records. */
  offered: boolean;
}

function RelatedList({ entity, title, relation, columns, record, offered }: RelatedListProps) {
  const { may } = useSession();
  const { key } = memberOf(entity, relation);
  const list = useList<AppRecord>(`${entity.path}?${key}=${record.id}&sort=-createdAt&limit=${shownRelated}`);
  const create = !offered && may(entity.name, "create") ? placeOf(entity.name)?.create : undefined;
  return (
    <section className="related" aria-label={title}>
      <div className="related__head">
        <h2 className="related__title">{title}</h2>
        {create && (
          <Link className="button button--small" to={`${create}?${key}=${record.id}`}>
            <PlusIcon />
            New {lowerFirst(entity.label)}
          </Link>
        )}
      </div>
      {!list.data ? (
        list.error ? <ErrorState error={list.error} retry={list.reload} /> : <Skeleton layout="table" count={3} />
      ) : list.data.items.length === 0 ? (
        <p className="related__empty">No {lowerFirst(entity.labelPlural)} yet.</p>
      ) : (
        <RecordTable entity={entity} columns={columns} records={list.data.items} />
      )}
      {list.more && (
        <div className="more">
          <button type="button" className="button" onClick={list.more} disabled={list.loadingMore}>
            Load more
          </button>
        </div>
      )}
    </section>
  );
}
