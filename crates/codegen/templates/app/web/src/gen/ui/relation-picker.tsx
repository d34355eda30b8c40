// Finds records by text and picks one, or many: a combobox with a list (WAI-ARIA).

import { useEffect, useId, useRef, useState } from "react";
import type { Page, Reference, RelationMeta } from "../../../../shared/gen/types.ts";
import { api, type AppRecord } from "../api.ts";
import { CloseIcon } from "./icons.tsx";
import { labelOf, placeOf } from "./model.ts";

const pause = 200;
const shownAtOnce = 20;

/** Finds targets of a relation. `null` while waiting. */
function useTargets(target: RelationMeta, text: string, open: boolean): { items: Reference[] | null; failed: boolean } {
  const [state, setState] = useState<{ items: Reference[] | null; failed: boolean }>({ items: null, failed: false });
  useEffect(() => {
    if (!open) return;
    const controller = new AbortController();
    const timer = setTimeout(
      async () => {
        try {
          setState({ items: await findTargets(target, text, controller.signal), failed: false });
        } catch {
          if (!controller.signal.aborted) setState({ items: [], failed: true });
        }
      },
      text ? pause : 0,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [target, text, open]);
  return state;
}

async function findTargets(target: RelationMeta, text: string, signal: AbortSignal): Promise<Reference[]> {
  const place = placeOf(target.target);
  const query = new URLSearchParams({ limit: String(shownAtOnce) });
  if (text.trim() && place?.search) query.set(place.search, text.trim());
  const page = await api.get<Page<AppRecord>>(`${target.path}?${query}`, signal);
  return page.items.map((record) => referenceTo(target, record));
}

function referenceTo(target: RelationMeta, record: AppRecord): Reference {
  const display = placeOf(target.target)?.display;
  const label = display === undefined || display === "id" ? null : record[display];
  return { id: record.id, label: label === null || label === undefined ? null : String(label) };
}

/** The reference to a record of which only the id is known, as in an address. */
export async function resolveTarget(target: RelationMeta, id: string, signal?: AbortSignal): Promise<Reference> {
  if (target.target !== "user") return referenceTo(target, await api.get<AppRecord>(`${target.path}/${encodeURIComponent(id)}`, signal));
  const people = await api.get<Page<AppRecord>>(target.path, signal);
  const person = people.items.find((item) => item.id === id);
  return person ? referenceTo(target, person) : { id, label: null };
}

interface PickerProps {
  id?: string | undefined;
  target: RelationMeta;
  /** Name of the input where no label element points to it. */
  label?: string;
  value: readonly Reference[];
  many?: boolean;
  onChange: (value: Reference[]) => void;
  invalid?: boolean;
  describedBy?: string | undefined;
}

export function RelationPicker({ id, target, label, value, many = false, onChange, invalid, describedBy }: PickerProps) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const { items, failed } = useTargets(target, text, open);
  const chosen = new Set(value.map((reference) => reference.id));
  const options = (items ?? []).filter((item) => !many || !chosen.has(item.id));
  const single = many ? undefined : value[0];

  const pick = (reference: Reference) => {
    onChange(many ? [...value, reference] : [reference]);
    setText("");
    setActive(0);
    setOpen(false);
  };
  const drop = (reference: Reference) => {
    onChange(value.filter((item) => item.id !== reference.id));
    input.current?.focus();
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) setOpen(true);
      else if (options.length > 0) setActive((active + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      const option = options[active];
      if (option) pick(option);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      setOpen(false);
      setText("");
    } else if (event.key === "Backspace" && text === "") {
      const last = value.at(-1);
      if (last) drop(last);
    }
  };

  return (
    <div className="picker">
      <div className="picker__box" data-invalid={invalid || undefined}>
        {many &&
          value.map((reference) => (
            <span className="tag" key={reference.id}>
              {labelOf(target.target, reference)}
              <button type="button" className="tag__remove" aria-label={`Remove ${labelOf(target.target, reference)}`} onClick={() => drop(reference)}>
                <CloseIcon />
              </button>
            </span>
          ))}
        <input
          id={id}
          ref={input}
          role="combobox"
          type="text"
          autoComplete="off"
          aria-label={label}
          aria-expanded={open}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={open && options[active] ? `${listId}-${active}` : undefined}
          aria-invalid={invalid || undefined}
          aria-describedby={describedBy}
          placeholder={single ? undefined : "Search…"}
          value={open || !single ? text : labelOf(target.target, single)}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onBlur={() => {
            setOpen(false);
            setText("");
          }}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
        />
        {single && (
          <button type="button" className="icon-button icon-button--small" aria-label="Clear" onClick={() => drop(single)}>
            <CloseIcon />
          </button>
        )}
      </div>
      <div className="picker__list" id={listId} role="listbox" aria-label="Suggestions" hidden={!open}>
        {options.map((option, index) => (
          // The keyboard is the input's; it names the active option.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={option.id}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={chosen.has(option.id)}
            data-active={index === active || undefined}
            // The press must not take the focus away before it counts.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(option)}
          >
            {labelOf(target.target, option)}
          </div>
        ))}
        {options.length === 0 && (
          <div className="picker__note" role="presentation">
            {items === null ? "Searching…" : failed ? "The search failed. Try again." : "Nothing found"}
          </div>
        )}
      </div>
    </div>
  );
}
