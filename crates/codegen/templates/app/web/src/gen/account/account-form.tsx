// The small forms around an account: each field checked here, refusals of the server shown where they belong.

import { useState } from "react";
import { ApiError, messageOf } from "../api.ts";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/states.tsx";

interface AccountField {
  name: string;
  label: string;
  type: "text" | "email" | "password";
  autoComplete: string;
  help?: string;
  minLength?: number;
}

interface AccountFormProps {
  fields: readonly AccountField[];
  submit: string;
  /** Sends the values; a thrown error is shown. */
  onSubmit: (values: Record<string, string>) => Promise<void>;
}

function faultOf(field: AccountField, value: string): string | undefined {
  if (value.trim() === "") return `Enter ${field.label.toLowerCase() === "e-mail" ? "an e-mail address" : `your ${field.label.toLowerCase()}`}.`;
  if (field.type === "email" && !/^\S+@\S+\.\S+$/.test(value.trim())) return "Enter an e-mail address such as ada@example.com.";
  if (field.minLength && value.length < field.minLength) return `Use at least ${field.minLength} characters.`;
  return undefined;
}

export function AccountForm({ fields, submit, onSubmit }: AccountFormProps) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);

  const send = async (form: HTMLFormElement) => {
    const found = Object.fromEntries(
      fields.flatMap((field) => {
        const fault = faultOf(field, values[field.name] ?? "");
        return fault ? [[field.name, fault]] : [];
      }),
    );
    setErrors(found);
    setRefusal(undefined);
    const first = fields.find((field) => found[field.name]);
    if (first) return (form.elements.namedItem(first.name) as HTMLElement | null)?.focus();

    setBusy(true);
    try {
      await onSubmit(values);
      setValues({});
    } catch (error) {
      const issues = error instanceof ApiError ? error.errors : [];
      const placed = Object.fromEntries(issues.map(({ pointer, detail }) => [pointer.slice(1), detail]));
      setErrors(placed);
      if (!fields.some((field) => placed[field.name])) setRefusal(messageOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      {refusal && <Notice tone="danger">{refusal}</Notice>}
      {fields.map((field) => (
        <Field key={field.name} label={field.label} help={field.help} error={errors[field.name]}>
          {({ id, invalid, describedBy }) => (
            <input
              id={id}
              name={field.name}
              type={field.type}
              autoComplete={field.autoComplete}
              aria-invalid={invalid || undefined}
              aria-describedby={describedBy}
              value={values[field.name] ?? ""}
              onChange={(event) => setValues((before) => ({ ...before, [field.name]: event.target.value }))}
            />
          )}
        </Field>
      ))}
      <button type="submit" className="button button--primary button--wide" disabled={busy}>
        {busy ? "One moment…" : submit}
      </button>
    </form>
  );
}
