// A page that creates a record, or edits the one in its address.

import { useMemo, useRef, useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import type { EntityMeta, Reference } from "../../../../shared/gen/types.ts";
import { api, ApiError, messageOf, type AppRecord } from "../api.ts";
import { Cover } from "./cover.tsx";
import { invalidate, remember, useResource } from "./data.ts";
import { draftOf, faultOf, jsonOf, sameDraft, type Draft, type Drafts } from "./draft.ts";
import { lowerFirst } from "./format.ts";
import { MemberInput } from "./inputs.tsx";
import { usePrefilled, type Prefilled } from "./prefill.ts";
import { labelOf, membersOf, placeOf, titleField, titleOf, type Member } from "./model.ts";
import { NotFound } from "./not-found.tsx";
import { PageHeader } from "./page.tsx";
import { useSession } from "./session.tsx";
import { ErrorState, Notice, Skeleton } from "./states.tsx";
import { useToast } from "./toast.tsx";
import { UnsavedGuard } from "./unsaved-guard.tsx";

/** A schema of shared/gen, as far as a form needs it. */
export interface Schema {
  safeParse: (value: unknown) =>
    | { success: true }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

interface FormPageProps {
  entity: EntityMeta;
  title: string;
  description?: string;
  fields: readonly string[];
  /** What the server demands of the body. */
  schema: Schema;
  /** Roles that a field is reserved for. */
  only?: Readonly<Record<string, readonly string[]>>;
}

/** Creates a record. */
export function CreatePage(props: FormPageProps) {
  const { entity, fields } = props;
  const [params] = useSearchParams();
  const prefilled = usePrefilled(entity, params);
  const members = useWritable(props);
  const list = placeOf(entity.name)?.list;
  if (prefilled.loading) return <div className="page page--form"><Skeleton layout="form" count={fields.length} /></div>;
  return (
    <RecordForm
      {...props}
      members={members}
      prefilled={prefilled.items}
      back={list ? { to: list, label: entity.labelPlural } : undefined}
    />
  );
}

/** Edits the record whose id is in the address. */
export function EditPage(props: FormPageProps) {
  const { entity, fields } = props;
  const { id = "" } = useParams();
  const { data: record, error, reload } = useResource<AppRecord>(`${entity.path}/${encodeURIComponent(id)}`);
  const members = useWritable(props);
  if (error instanceof ApiError && error.status === 404) return <NotFound what={lowerFirst(entity.label)} />;
  if (!record) {
    return (
      <div className="page page--form">
        {error ? <ErrorState error={error} retry={reload} /> : <Skeleton layout="form" count={fields.length} />}
      </div>
    );
  }
  const detail = placeOf(entity.name)?.detail;
  const back = detail ? { to: `${detail}/${record.id}`, label: titleOf(entity, record) } : undefined;
  if (record.can && !record.can.update) {
    return (
      <div className="page page--form">
        <PageHeader title={props.title} back={back} />
        <Notice tone="info">Your account may see this {lowerFirst(entity.label)}, but not change it.</Notice>
      </div>
    );
  }
  // Another state of the record is another form: what was typed belongs to the state that it was typed over.
  const key = `${record.id} ${record.updatedAt}`;
  return <RecordForm key={key} {...props} members={members} record={record} reload={reload} prefilled={[]} back={back} />;
}

/** The members that this person may fill in. */
function useWritable({ entity, fields, only }: FormPageProps): Member[] {
  const { user } = useSession();
  return useMemo(
    () =>
      membersOf(entity, fields).filter((member) => {
        const roles = only?.[member.name];
        return !roles || roles.some((role) => user?.roles.includes(role));
      }),
    [entity, fields, only, user],
  );
}

interface RecordFormProps extends FormPageProps {
  members: Member[];
  record?: AppRecord;
  /** Fetches the record again. */
  reload?: () => void;
  prefilled: readonly Prefilled[];
  back: { to: string; label: string } | undefined;
}

type Errors = Readonly<Record<string, string>>;

function firstDrafts(members: Member[], record: AppRecord | undefined, prefilled: readonly Prefilled[]): Drafts {
  const drafts = Object.fromEntries(members.map((member) => [member.key, draftOf(member, record)]));
  for (const item of prefilled) drafts[item.member.key] = [item.reference];
  return drafts;
}

function RecordForm({ entity, title, description, schema, members, record, reload, prefilled, back }: RecordFormProps) {
  const [first] = useState(() => firstDrafts(members, record, prefilled));
  const [drafts, setDrafts] = useState<Drafts>(first);
  const [errors, setErrors] = useState<Errors>({});
  const [refusal, setRefusal] = useState<string>();
  // Whether the record has changed since it was fetched.
  const [outdated, setOutdated] = useState(false);
  const [busy, setBusy] = useState(false);
  const saved = useRef(false);
  const form = useRef<HTMLFormElement>(null);
  const navigate = useNavigate();
  const toast = useToast();

  // What an action filled in and the form does not ask for is sent all the same, and shown beside the form.
  const all = [...members, ...prefilled.map((item) => item.member).filter((member) => !members.some((other) => other.key === member.key))];
  const changed = members.some((member) => !sameDraft(drafts[member.key], first[member.key]));

  const show = (found: Errors, message?: string) => {
    setErrors(found);
    setRefusal(message);
    // The first place that needs attention gets the focus, once it is marked.
    requestAnimationFrame(() => {
      const place = form.current?.querySelector<HTMLElement>("[aria-invalid=true]") ?? form.current?.querySelector<HTMLElement>(".notice");
      place?.focus();
      place?.scrollIntoView({ block: "nearest" });
    });
  };

  const submit = async () => {
    const faults = Object.fromEntries(
      all.flatMap((member) => {
        const fault = faultOf(member, drafts[member.key] ?? "");
        return fault ? [[member.key, fault]] : [];
      }),
    );
    if (Object.keys(faults).length > 0) return show(faults);

    const body = bodyOf(all, drafts, record ? first : undefined);
    const result = schema.safeParse(body);
    if (!result.success) return show(...placeIssues(result.error.issues.map((issue) => ({ key: String(issue.path[0] ?? ""), text: issue.message })), all));

    setBusy(true);
    try {
      const answer = record
        ? await api.patch<AppRecord>(`${entity.path}/${record.id}`, body, record.version)
        : await api.post<AppRecord>(entity.path, body);
      saved.current = true;
      toast(record ? "Changes saved" : `${entity.label} created`);
      invalidate("/api/");
      if (answer.can) remember(`${entity.path}/${answer.id}`, answer);
      await navigate(afterSaving(entity, answer), { replace: record !== undefined });
    } catch (error) {
      setBusy(false);
      if (!(error instanceof ApiError)) return show({}, messageOf(error));
      const issues = error.errors.map(({ pointer, detail }) => ({ key: pointer.split("/")[1] ?? "", text: detail }));
      const [found, rest] = placeIssues(issues, all);
      // A conflict concerns the whole record, even where the server names a field for it.
      setOutdated(error.status === 412);
      if (error.status === 409 || error.status === 412) return show({}, conflictText(error));
      show(found, rest ?? (Object.keys(found).length === 0 ? error.message : undefined));
    }
  };

  return (
    <div className="page page--form">
      <PageHeader title={title} description={description} back={back} />
      <div className={prefilled.length > 0 ? "form-layout form-layout--aside" : "form-layout"}>
        <form
          ref={form}
          className="panel form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          {refusal && (
            <Notice tone="danger" title="This could not be saved">
              <p>{refusal}</p>
              {outdated && (
                <button type="button" className="button button--small" onClick={reload}>
                  Show the latest
                </button>
              )}
            </Notice>
          )}
          <div className="form__fields">
            {members.map((member, index) => (
              <MemberInput
                key={member.key}
                member={member}
                draft={drafts[member.key] as Draft}
                error={errors[member.key]}
                wide={index === 0 || member.name === titleField(entity)}
                onChange={(draft) => {
                  setDrafts((before) => ({ ...before, [member.key]: draft }));
                  setErrors((before) => without(before, member.key));
                }}
              />
            ))}
          </div>
          <div className="form__actions">
            <button type="submit" className="button button--primary" disabled={busy}>
              {busy ? "Saving…" : record ? "Save changes" : `Create ${lowerFirst(entity.label)}`}
            </button>
            <Link className="button button--quiet" to={back?.to ?? "/"}>
              Cancel
            </Link>
          </div>
        </form>
        {prefilled.map((item) => (
          <PrefilledCard key={item.member.key} member={item.member} reference={item.reference} />
        ))}
      </div>
      <UnsavedGuard when={() => changed && !saved.current} />
    </div>
  );
}

function PrefilledCard({ member, reference }: { member: Member & { relation: true }; reference: Reference }) {
  const label = labelOf(member.target.target, reference);
  const detail = placeOf(member.target.target)?.detail;
  return (
    <aside className="card form-layout__card" aria-label="Belongs to">
      <Cover seed={reference.id} label={label} />
      <div className="card__body">
        <p className="muted">{member.label}</p>
        <p className="card__title">{detail ? <Link to={`${detail}/${reference.id}`}>{label}</Link> : label}</p>
      </div>
    </aside>
  );
}

function without(errors: Errors, key: string): Errors {
  return Object.fromEntries(Object.entries(errors).filter(([other]) => other !== key));
}

/** A new record names what was filled in, and what was cleared of its default; a change names what differs from before. */
function bodyOf(members: Member[], drafts: Drafts, before: Drafts | undefined): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const member of members) {
    const draft = drafts[member.key];
    if (draft === undefined || (before && sameDraft(draft, before[member.key]))) continue;
    const value = jsonOf(member, draft);
    const cleared = !member.relation && member.field.default !== undefined;
    if (before || cleared || value !== null) body[member.key] = value;
  }
  return body;
}

/** Gives each issue to the input that it concerns; those without one come back as text. */
function placeIssues(issues: { key: string; text: string }[], members: Member[]): [Errors, string?] {
  const errors: Record<string, string> = {};
  const rest: string[] = [];
  for (const { key, text } of issues) {
    const member = members.find((candidate) => candidate.key === key || candidate.name === key);
    if (!member) rest.push(text);
    else errors[member.key] ??= text;
  }
  return rest.length > 0 ? [errors, rest.join(" ")] : [errors];
}

function conflictText(error: ApiError): string {
  if (error.status === 412) return "Somebody else has changed this in the meantime. See what it is now, then make your change again.";
  return error.message;
}

function afterSaving(entity: EntityMeta, record: AppRecord): string {
  const place = placeOf(entity.name);
  // Without `can` the record may not be read by the person who wrote it.
  if (place?.detail && record.can) return `${place.detail}/${record.id}`;
  return place?.list ?? "/";
}
