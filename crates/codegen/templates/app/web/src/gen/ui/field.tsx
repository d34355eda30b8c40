// The frame of every input: label, hint and error, tied together for screen readers.

import { useId, type ReactNode } from "react";

export interface InputProps {
  id: string;
  invalid: boolean;
  describedBy: string | undefined;
}

interface FieldProps {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  optional?: boolean;
  /** A group of inputs has a legend instead of a label. */
  group?: boolean;
  wide?: boolean;
  children: (input: InputProps) => ReactNode;
}

export function Field({ label, help, error, optional = false, group = false, wide = false, children }: FieldProps) {
  const id = useId();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  const content = (
    <>
      {children({ id, invalid: error !== undefined, describedBy: described })}
      {help && (
        <p className="field__help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {error && (
        <p className="field__error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </>
  );
  const className = wide ? "field field--wide" : "field";
  if (group) {
    return (
      <fieldset className={className} aria-describedby={described}>
        <legend className="field__label">{label}</legend>
        {optional && <span className="field__optional">Optional</span>}
        {content}
      </fieldset>
    );
  }
  return (
    <div className={className}>
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      {optional && <span className="field__optional">Optional</span>}
      {content}
    </div>
  );
}
