// An input for each type of value.

import { useState } from "react";
import type { FieldMeta, Reference } from "../../../../shared/gen/types.ts";
import type { Draft } from "./draft.ts";
import { toLocal } from "./draft.ts";
import { Field, type InputProps } from "./field.tsx";
import { currencySign } from "./format.ts";
import { CloseIcon } from "./icons.tsx";
import type { Member } from "./model.ts";
import { RelationPicker } from "./relation-picker.tsx";

interface MemberInputProps {
  member: Member;
  draft: Draft;
  error: string | undefined;
  /** Takes a line of its own. */
  wide?: boolean;
  onChange: (draft: Draft) => void;
}

// Up to this many values of an enum stand side by side.
const radiosAtMost = 4;

/** The input of a field or relation, with label, hint and error. */
export function MemberInput({ member, draft, error, wide = false, onChange }: MemberInputProps) {
  if (member.relation) {
    const { target, many } = member;
    return (
      <Field label={member.label} error={error} optional={!target.required && !many} wide={wide || many}>
        {({ id, invalid, describedBy }) => (
          <RelationPicker
            id={id}
            target={target}
            value={draft as Reference[]}
            many={many}
            onChange={onChange}
            invalid={invalid}
            describedBy={describedBy}
          />
        )}
      </Field>
    );
  }
  const { field } = member;
  if (field.type === "boolean" && !field.list) return <Switch field={field} checked={draft === true} error={error} onChange={onChange} />;
  const choices = Object.entries(field.options ?? {});
  const group = field.type === "enum" && (field.list === true || (field.required === true && choices.length <= radiosAtMost));
  const long = wide || group || field.list === true || field.type === "text" || field.type === "json";
  const zone = field.type === "datetime" ? `In your time zone, ${new Intl.DateTimeFormat().resolvedOptions().timeZone}.` : undefined;
  const help = [field.help, zone].filter(Boolean).join(" ") || undefined;

  return (
    <Field label={member.label} help={help} error={error} optional={!field.required} group={group} wide={long}>
      {(input) => {
        if (group) return <Choices input={input} field={field} draft={draft as string | string[]} onChange={onChange} />;
        if (field.list) return <Tags input={input} field={field} items={draft as string[]} onChange={onChange} />;
        return <Scalar input={input} field={field} text={draft as string} onChange={onChange} />;
      }}
    </Field>
  );
}

interface SwitchProps {
  field: FieldMeta;
  checked: boolean;
  error: string | undefined;
  onChange: (checked: boolean) => void;
}

function Switch({ field, checked, error, onChange }: SwitchProps) {
  return (
    <div className="field field--switch">
      <label className="switch">
        <input type="checkbox" role="switch" aria-checked={checked} checked={checked} onChange={(event) => onChange(event.target.checked)} />
        <span className="switch__label">{field.label}</span>
      </label>
      {field.help && <p className="field__help">{field.help}</p>}
      {error && (
        <p className="field__error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

interface ValueInputProps<T> {
  input: InputProps;
  field: FieldMeta;
  onChange: (draft: T) => void;
}

function Choices({ input, field, draft, onChange }: ValueInputProps<Draft> & { draft: string | string[] }) {
  const many = Array.isArray(draft);
  return (
    <div className="choices">
      {Object.entries(field.options ?? {}).map(([name, option]) => (
        <label key={name} className="choice choice--card">
          <input
            type={many ? "checkbox" : "radio"}
            name={input.id}
            aria-invalid={input.invalid || undefined}
            checked={many ? draft.includes(name) : draft === name}
            onChange={(event) => {
              if (!many) onChange(name);
              else onChange(event.target.checked ? [...draft, name] : draft.filter((item) => item !== name));
            }}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}

const inputTypes: Partial<Record<FieldMeta["type"], string>> = {
  date: "date",
  datetime: "datetime-local",
  email: "email",
  url: "url",
  phone: "tel",
};

const inputModes: Partial<Record<FieldMeta["type"], "numeric" | "decimal">> = {
  integer: "numeric",
  bigint: "numeric",
  decimal: "decimal",
  money: "decimal",
};

function boundOf(field: FieldMeta, bound: string | number | undefined): string | undefined {
  if (bound === undefined) return undefined;
  return field.type === "datetime" ? toLocal(String(bound)) : field.type === "date" ? String(bound) : undefined;
}

function Scalar({ input, field, text, onChange }: ValueInputProps<string> & { text: string }) {
  const common = {
    id: input.id,
    value: text,
    "aria-invalid": input.invalid || undefined,
    "aria-describedby": input.describedBy,
    "aria-required": field.required,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) => onChange(event.target.value),
  };
  switch (field.type) {
    case "enum":
      return (
        <select {...common}>
          <option value="">{field.required ? "Choose…" : "None"}</option>
          {Object.entries(field.options ?? {}).map(([name, option]) => (
            <option key={name} value={name}>
              {option.label}
            </option>
          ))}
        </select>
      );
    case "text":
      return <textarea {...common} rows={4} maxLength={field.maxLength} />;
    case "json":
      return <textarea {...common} className="mono" rows={6} spellCheck={false} />;
    case "duration":
      return <DurationInput input={input} text={text} onChange={onChange} />;
    case "money":
      return (
        <div className="affix">
          <span className="affix__text" aria-hidden="true">
            {currencySign(field.currency ?? "EUR")}
          </span>
          <input {...common} type="text" inputMode="decimal" autoComplete="off" />
        </div>
      );
    default:
      return (
        <input
          {...common}
          type={inputTypes[field.type] ?? "text"}
          step={field.type === "datetime" ? "any" : undefined}
          inputMode={inputModes[field.type]}
          min={boundOf(field, field.min)}
          max={boundOf(field, field.max)}
          maxLength={field.type === "string" ? field.maxLength : undefined}
          placeholder={field.type === "phone" ? "+49 30 123456" : field.type === "url" ? "https://" : undefined}
          autoComplete="off"
        />
      );
  }
}

const units = [
  { label: "seconds", size: 1 },
  { label: "minutes", size: 60 },
  { label: "hours", size: 3_600 },
  { label: "days", size: 86_400 },
];

/** The largest unit that gives a whole number. */
function unitOf(text: string): number {
  const seconds = Number(text);
  if (!text || !Number.isInteger(seconds)) return 3_600;
  return units.findLast((unit) => seconds % unit.size === 0)?.size ?? 1;
}

function DurationInput({ input, text, onChange }: Omit<ValueInputProps<string>, "field"> & { text: string }) {
  const [unit, setUnit] = useState(() => unitOf(text));
  const [amount, setAmount] = useState(() => (text === "" ? "" : String(Number(text) / unit)));
  const change = (nextAmount: string, nextUnit: number) => {
    setAmount(nextAmount);
    setUnit(nextUnit);
    const seconds = Math.round(Number(nextAmount.replace(",", ".")) * nextUnit);
    onChange(nextAmount.trim() === "" ? "" : Number.isNaN(seconds) ? nextAmount : String(seconds));
  };
  return (
    <div className="joined">
      <input
        id={input.id}
        type="text"
        inputMode="decimal"
        aria-invalid={input.invalid || undefined}
        aria-describedby={input.describedBy}
        value={amount}
        onChange={(event) => change(event.target.value, unit)}
      />
      <select aria-label="Unit" value={unit} onChange={(event) => change(amount, Number(event.target.value))}>
        {units.map(({ label, size }) => (
          <option key={size} value={size}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A list of values, added one by one with Enter or a comma. */
function Tags({ input, field, items, onChange }: ValueInputProps<string[]> & { items: string[] }) {
  const [text, setText] = useState("");
  const add = () => {
    const item = text.trim();
    if (item) onChange([...items, item]);
    setText("");
  };
  const decimal = field.type === "decimal" || field.type === "money";
  const picked = field.type === "date" || field.type === "datetime";
  return (
    <div className="picker__box" data-invalid={input.invalid || undefined}>
      {items.map((item, index) => (
        <span className="tag" key={`${index}-${item}`}>
          {item}
          <button
            type="button"
            className="tag__remove"
            aria-label={`Remove ${item}`}
            onClick={() => onChange(items.filter((_, other) => other !== index))}
          >
            <CloseIcon />
          </button>
        </span>
      ))}
      <input
        id={input.id}
        type={picked ? inputTypes[field.type] : "text"}
        inputMode={inputModes[field.type]}
        placeholder={items.length > 0 ? undefined : field.type === "boolean" ? "true or false, then Enter" : "Type and press Enter"}
        aria-invalid={input.invalid || undefined}
        aria-describedby={input.describedBy}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.key === "Enter" || (event.key === "," && !decimal)) {
            event.preventDefault();
            add();
          } else if (event.key === "Backspace" && text === "" && items.length > 0) {
            onChange(items.slice(0, -1));
          }
        }}
      />
    </div>
  );
}
