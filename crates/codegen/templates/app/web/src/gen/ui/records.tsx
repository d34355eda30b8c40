// Many records: as a table or as cards.

import { Link } from "react-router";
import type { EntityMeta, Reference } from "../../../../shared/gen/types.ts";
import type { AppRecord } from "../api.ts";
import { Cover } from "./cover.tsx";
import { lowerFirst } from "./format.ts";
import { SortIcon } from "./icons.tsx";
import { isNumeric, isSortable, labelOf, membersOf, placeOf, titleField, titleOf, type Member } from "./model.ts";
import { isEmpty, Value } from "./value.tsx";

interface RecordsProps {
  entity: EntityMeta;
  columns: readonly string[];
  records: readonly AppRecord[];
}

interface TableProps extends RecordsProps {
  /** `name` or `-name`. */
  sort?: string | undefined;
  onSort?: (sort: string) => void;
}

function alignment(member: Member): string | undefined {
  return isNumeric(member) ? "end" : undefined;
}

export function RecordTable({ entity, columns, records, sort, onSort }: TableProps) {
  const members = membersOf(entity, columns);
  const detail = placeOf(entity.name)?.detail;
  const titled = members.findIndex((member) => member.name === titleField(entity));
  const linked = titled === -1 ? 0 : titled;

  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            {members.map((member) => {
              const direction = sort === member.name ? "ascending" : sort === `-${member.name}` ? "descending" : undefined;
              return (
                <th key={member.name} scope="col" aria-sort={direction} data-align={alignment(member)}>
                  {onSort && isSortable(member) ? (
                    <button
                      type="button"
                      className="table__sort"
                      onClick={() => onSort(direction === "ascending" ? `-${member.name}` : member.name)}
                    >
                      {member.label}
                      <SortIcon />
                    </button>
                  ) : (
                    member.label
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.id} className={detail ? "table__row--linked" : undefined}>
              {members.map((member, index) => (
                <td key={member.name} data-label={member.label} data-align={alignment(member)}>
                  {index === linked && detail ? (
                    <RowLink to={`${detail}/${record.id}`} entity={entity} record={record} member={member} />
                  ) : (
                    <Value record={record} member={member} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// The cell that opens the record. A value that is a link or a control itself keeps that, and stands beside.
function RowLink({ to, entity, record, member }: { to: string; entity: EntityMeta; record: AppRecord; member: Member }) {
  const plain = !member.relation && !["email", "url", "phone", "json"].includes(member.field.type) && !member.field.sensitive;
  if (plain && !isEmpty(record[member.name])) {
    return (
      <Link className="table__link" to={to}>
        <Value record={record} member={member} />
      </Link>
    );
  }
  const reference = member.relation && !member.many ? (record[member.name] as Reference | null) : null;
  return (
    <Link className="table__link" to={to}>
      {member.relation && reference
        ? labelOf(member.target.target, reference)
        : member.relation || isEmpty(record[member.name])
          ? titleOf(entity, record)
          : String(record[member.name])}
    </Link>
  );
}

export function RecordCards({ entity, columns, records }: RecordsProps) {
  return (
    <ul className="cards">
      {records.map((record) => (
        <li key={record.id}>
          <RecordCard entity={entity} columns={columns} record={record} />
        </li>
      ))}
    </ul>
  );
}

/** How a member is shown on a card. */
function roleOf(member: Member): "badge" | "price" | "text" | "fact" {
  if (member.relation || member.field.list) return "fact";
  if (member.field.type === "enum") return "badge";
  if (member.field.type === "money") return "price";
  return member.field.type === "text" ? "text" : "fact";
}

function RecordCard({ entity, columns, record }: { entity: EntityMeta; columns: readonly string[]; record: AppRecord }) {
  const detail = placeOf(entity.name)?.detail;
  const title = titleOf(entity, record);
  const shown = membersOf(entity, columns).filter((member) => member.name !== titleField(entity) && !isEmpty(record[member.name]));
  const of = (role: ReturnType<typeof roleOf>) => shown.filter((member) => roleOf(member) === role);
  const [badges, texts, facts, prices] = [of("badge"), of("text"), of("fact"), of("price")];

  return (
    <article className="card">
      <Cover seed={record.id} label={title} />
      {badges.length > 0 && (
        <div className="card__badges">
          {badges.map((member) => (
            <Value key={member.name} record={record} member={member} />
          ))}
        </div>
      )}
      <div className="card__body">
        <h2 className="card__title">{detail ? <Link to={`${detail}/${record.id}`}>{title}</Link> : title}</h2>
        {texts.map((member) => (
          <p key={member.name} className="card__text">
            <Value record={record} member={member} />
          </p>
        ))}
        {facts.length > 0 && (
          <dl className="card__facts">
            {facts.map((member) => (
              <div key={member.name}>
                <dt>{member.label}</dt>
                <dd>
                  <Value record={record} member={member} />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      {prices.length > 0 && (
        <dl className="card__prices">
          {prices.map((member) => (
            <div key={member.name} className="price">
              <dd>
                <Value record={record} member={member} />
              </dd>
              <dt>{lowerFirst(member.label)}</dt>
            </div>
          ))}
        </dl>
      )}
    </article>
  );
}
