// One value of a record, shown as its type asks.

import { useState } from "react";
import { Link } from "react-router";
import type { FieldMeta, Reference, Tone } from "../../../../shared/gen/types.ts";
import type { AppRecord } from "../api.ts";
import { formatValue } from "./format.ts";
import { CheckIcon, EyeIcon, EyeOffIcon } from "./icons.tsx";
import { labelOf, placeOf, type Member } from "./model.ts";

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return <span className={`badge badge--${tone}`}>{children}</span>;
}

/** Whether there is anything to show. */
export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

function Nothing() {
  return (
    <span className="muted" aria-label="None">
      –
    </span>
  );
}

function Scalar({ value, field }: { value: unknown; field: FieldMeta }) {
  const text = formatValue(value, field);
  switch (field.type) {
    case "enum":
      return <Badge tone={field.options?.[String(value)]?.tone ?? "neutral"}>{text}</Badge>;
    case "boolean":
      return value ? (
        <span className="yes">
          <CheckIcon />
          Yes
        </span>
      ) : (
        <span className="muted">No</span>
      );
    case "email":
      return <a href={`mailto:${text}`}>{text}</a>;
    case "phone":
      return <a href={`tel:${text}`}>{text}</a>;
    case "url":
      return <WebLink address={text} />;
    case "date":
    case "datetime":
      return <time dateTime={String(value)}>{text}</time>;
    case "json":
      return <pre className="code">{text}</pre>;
    case "uuid":
      return <span className="mono">{text}</span>;
    case "text":
      return <span className="prose">{text}</span>;
    case "money":
    case "integer":
    case "bigint":
    case "decimal":
    case "duration":
      return <span className="number">{text}</span>;
    default:
      return text;
  }
}

function WebLink({ address }: { address: string }) {
  // Only addresses of the web become links; the server sees to it, this makes sure.
  if (!/^https?:\/\//i.test(address)) return address;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      {address.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "")}
    </a>
  );
}

function Sensitive({ label, children }: { label: string; children: React.ReactNode }) {
  const [shown, setShown] = useState(false);
  return (
    <span className="sensitive">
      {shown ? children : <span aria-label="Hidden">••••••••</span>}
      <button
        type="button"
        className="icon-button icon-button--small"
        aria-label={`${shown ? "Hide" : "Show"} ${label}`}
        onClick={() => setShown(!shown)}
      >
        {shown ? <EyeOffIcon /> : <EyeIcon />}
      </button>
    </span>
  );
}

/** The reference to another record: a link where it has a page. */
export function ReferenceLink({ reference, entity }: { reference: Reference; entity: string }) {
  const text = labelOf(entity, reference);
  const detail = placeOf(entity)?.detail;
  return detail ? <Link to={`${detail}/${reference.id}`}>{text}</Link> : text;
}

/** A field or relation of a record. */
export function Value({ record, member }: { record: AppRecord; member: Member }) {
  const value = record[member.name];
  if (isEmpty(value)) return <Nothing />;
  if (member.relation) {
    const references = (Array.isArray(value) ? value : [value]) as Reference[];
    return (
      <span className="inline-list">
        {references.map((reference) => (
          <span key={reference.id} className={member.many ? "tag" : undefined}>
            <ReferenceLink reference={reference} entity={member.target.target} />
          </span>
        ))}
      </span>
    );
  }
  const { field } = member;
  const content = Array.isArray(value) && field.list ? (
    <span className="inline-list">
      {value.map((item, index) => (
        <span key={index} className="tag">
          {field.type === "enum" ? formatValue(item, field) : <Scalar value={item} field={field} />}
        </span>
      ))}
    </span>
  ) : (
    <Scalar value={value} field={field} />
  );
  return field.sensitive ? <Sensitive label={member.label}>{content}</Sensitive> : content;
}
