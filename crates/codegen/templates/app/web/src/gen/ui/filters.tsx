// The filters of a list: a button for each, which says what is chosen and opens the choice.

import { useEffect, useId, useState } from "react";
import type { EntityMeta, FieldMeta, Reference } from "../../../../shared/gen/types.ts";
import { formatDate, formatValue } from "./format.ts";
import { ChevronIcon, CloseIcon } from "./icons.tsx";
import type { ListQuery } from "./list-query.ts";
import { labelOf, membersOf, type Member } from "./model.ts";
import { Popover } from "./popover.tsx";
import { RelationPicker, resolveTarget } from "./relation-picker.tsx";

export function FilterBar({ entity, filters, query }: { entity: EntityMeta; filters: readonly string[]; query: ListQuery }) {
  return (
    <div className="filters">
      {membersOf(entity, filters).map((member) => (
        <Filter key={member.name} member={member} query={query} />
      ))}
      {query.narrowed && (
        <button type="button" className="button button--quiet" onClick={query.clear}>
          Clear all
        </button>
      )}
    </div>
  );
}

function Filter({ member, query }: { member: Member; query: ListQuery }) {
  if (member.relation) return <RelationFilter member={member} query={query} />;
  const { field, key } = member;
  switch (field.type) {
    case "enum":
    case "boolean":
      return <ChoiceFilter member={member} field={field} query={query} />;
    case "integer":
    case "bigint":
    case "decimal":
    case "money":
    case "duration":
    case "date":
    case "datetime":
      return <RangeFilter member={member} field={field} query={query} />;
    case "json":
      return null;
    default:
      return <TextFilter member={member} query={query} parameter={field.type === "uuid" ? key : `${key}.contains`} />;
  }
}

interface PillProps {
  label: string;
  /** What is chosen; empty: nothing. */
  chosen: string;
  onClear: () => void;
  children: (close: () => void) => React.ReactNode;
}

function Pill({ label, chosen, onClear, children }: PillProps) {
  return (
    <div className={chosen ? "pill pill--on" : "pill"}>
      <Popover
        className="pill__button"
        button={
          <>
            <span>{label}</span>
            {chosen && <span className="pill__value">{chosen}</span>}
            {!chosen && <ChevronIcon />}
          </>
        }
      >
        {(close) => (
          <div className="filter" role="group" aria-label={label}>
            {children(close)}
          </div>
        )}
      </Popover>
      {chosen && (
        <button type="button" className="pill__clear" aria-label={`Clear ${label}`} onClick={onClear}>
          <CloseIcon />
        </button>
      )}
    </div>
  );
}

const yesOrNo = { true: { label: "Yes" }, false: { label: "No" } };

function ChoiceFilter({ member, field, query }: { member: Member; field: FieldMeta; query: ListQuery }) {
  const one = field.type === "boolean";
  const parameter = one ? member.key : `${member.key}.in`;
  const options = one ? yesOrNo : (field.options ?? {});
  const chosen = (query.get(parameter) ?? "").split(",").filter((name) => Object.hasOwn(options, name));
  const labels = Object.entries(options).filter(([name]) => chosen.includes(name)).map(([, option]) => option.label);
  const group = useId();

  return (
    <Pill label={member.label} chosen={labels.join(", ")} onClear={() => query.set({ [parameter]: null })}>
      {() =>
        Object.entries(options).map(([name, option]) => (
          <label key={name} className="choice">
            <input
              type={one ? "radio" : "checkbox"}
              name={group}
              checked={chosen.includes(name)}
              onChange={(event) => {
                const rest = one ? [] : chosen.filter((item) => item !== name);
                query.set({ [parameter]: (event.target.checked ? [...rest, name] : rest).join(",") });
              }}
            />
            <span>{option.label}</span>
          </label>
        ))
      }
    </Pill>
  );
}

/** The first and last instant of a day here. */
function instantOf(day: string, end: boolean): string {
  return new Date(`${day}T${end ? "23:59:59.999" : "00:00:00"}`).toISOString();
}

function dayOf(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return "";
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const hour = 3_600;

function RangeFilter({ member, field, query }: { member: Member; field: FieldMeta; query: ListQuery }) {
  const { type } = field;
  const keys = { from: `${member.key}.gte`, to: `${member.key}.lte` };
  const isDay = type === "date" || type === "datetime";
  const words = isDay ? { from: "From", to: "Until" } : { from: "At least", to: "At most" };

  // Between what the API compares and what is typed.
  const typed = (value: string | null) => {
    if (!value) return "";
    if (type === "datetime") return dayOf(value);
    return type === "duration" ? String(Number(value) / hour) : value;
  };
  const compared = (text: string, end: boolean) => {
    if (!text) return null;
    if (type === "datetime") return instantOf(text, end);
    return type === "duration" ? String(Math.round(Number(text) * hour)) : text;
  };
  const [from, to] = [query.get(keys.from), query.get(keys.to)];
  const shown = (value: string) => (isDay ? formatDate(typed(value)) : formatValue(value, field));
  const chosen = from && to ? `${shown(from)} – ${shown(to)}` : from ? `from ${shown(from)}` : to ? `up to ${shown(to)}` : "";

  return (
    <Pill label={member.label} chosen={chosen} onClear={() => query.set({ [keys.from]: null, [keys.to]: null })}>
      {(close) => (
        <form
          className="filter__form"
          onSubmit={(event) => {
            event.preventDefault();
            const data = new FormData(event.currentTarget);
            query.set({
              [keys.from]: compared(String(data.get("from")), false),
              [keys.to]: compared(String(data.get("to")), true),
            });
            close();
          }}
        >
          <div className="filter__range">
            {(["from", "to"] as const).map((end) => (
              <label key={end} className="filter__label">
                {words[end]}
                {type === "duration" && " (hours)"}
                <input name={end} type={isDay ? "date" : "number"} step="any" defaultValue={typed(query.get(keys[end]))} />
              </label>
            ))}
          </div>
          <button type="submit" className="button button--primary">
            Apply
          </button>
        </form>
      )}
    </Pill>
  );
}

function TextFilter({ member, query, parameter }: { member: Member; query: ListQuery; parameter: string }) {
  const value = query.get(parameter) ?? "";
  return (
    <Pill label={member.label} chosen={value} onClear={() => query.set({ [parameter]: null })}>
      {(close) => (
        <form
          className="filter__form"
          onSubmit={(event) => {
            event.preventDefault();
            query.set({ [parameter]: String(new FormData(event.currentTarget).get("text")).trim() });
            close();
          }}
        >
          <input name="text" type="text" aria-label={member.label} defaultValue={value} />
          <button type="submit" className="button button--primary">
            Apply
          </button>
        </form>
      )}
    </Pill>
  );
}

function RelationFilter({ member, query }: { member: Member & { relation: true }; query: ListQuery }) {
  const id = query.get(member.key);
  const [reference, setReference] = useState<Reference | null>(null);

  useEffect(() => {
    if (!id || reference?.id === id) return;
    const controller = new AbortController();
    resolveTarget(member.target, id, controller.signal).then(setReference, () => setReference({ id, label: null }));
    return () => controller.abort();
  }, [id, reference, member.target]);

  const chosen = id ? (reference?.id === id ? reference : { id, label: "…" }) : null;
  return (
    <Pill label={member.label} chosen={chosen ? labelOf(member.target.target, chosen) : ""} onClear={() => query.set({ [member.key]: null })}>
      {(close) => (
        <RelationPicker
          target={member.target}
          label={member.label}
          value={chosen ? [chosen] : []}
          onChange={([picked]) => {
            setReference(picked ?? null);
            query.set({ [member.key]: picked?.id ?? null });
            if (picked) close();
          }}
        />
      )}
    </Pill>
  );
}
