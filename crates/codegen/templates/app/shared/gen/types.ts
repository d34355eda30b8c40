/** A light reference to a record or a person. The label is null when the one who asks may not read it. */
export interface Reference {
  id: string;
  label: string | null;
}

/** A person of the app. E-mail address and roles are only sent to administrators and to the person. */
export interface User {
  id: string;
  name: string;
  email?: string;
  roles?: string[];
}

/** One page of a list. `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total?: number;
}

/** An error, as every refused request answers (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: ProblemDetail[];
}

/** What is wrong with one part of the input; `pointer` is a JSON Pointer such as `/title`. */
export interface ProblemDetail {
  pointer: string;
  detail: string;
}

export type Tone = "neutral" | "info" | "success" | "warning" | "danger";

/** How a value of an enum looks. */
export interface EnumOption {
  label: string;
  tone: Tone;
}

export interface EnumOptions {
  [value: string]: EnumOption;
}

export type FieldType =
  | "string"
  | "text"
  | "integer"
  | "bigint"
  | "decimal"
  | "money"
  | "boolean"
  | "date"
  | "datetime"
  | "duration"
  | "enum"
  | "uuid"
  | "email"
  | "url"
  | "phone"
  | "slug"
  | "json";

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** What an interface needs to know to show and edit a field. */
export interface FieldMeta {
  label: string;
  type: FieldType;
  help?: string;
  list?: true;
  required?: true;
  readOnly?: true;
  writeOnly?: true;
  sensitive?: true;
  /** Changed by transitions only. */
  states?: true;
  options?: EnumOptions;
  currency?: string;
  /** Digits after the point. */
  digits?: number;
  min?: string | number;
  max?: string | number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  default?: JsonValue;
}

/** What an interface needs to know to show and pick what a record refers to. */
export interface RelationMeta {
  label: string;
  kind: "manyToOne" | "oneToOne" | "manyToMany";
  /** Name of the property that holds the id (or ids). */
  key: string;
  /** Name of the target entity, or "user". */
  target: string;
  /** Where the candidates are listed. */
  path: string;
  required?: true;
  readOnly?: true;
}

/** A change of state that is offered as a button. */
export interface TransitionMeta {
  label: string;
  /** Last segment of its endpoint. */
  path: string;
  /** The field that it changes, from one of these values to another. */
  field: string;
  from: string[];
  to: string;
}

/** What an interface needs to know about an entity. */
export interface EntityMeta {
  name: string;
  path: string;
  label: string;
  labelPlural: string;
  /** Name of the field that stands for a record. */
  display: string;
  /** Whether its list has a search box. */
  search: boolean;
  fields: { [name: string]: FieldMeta };
  relations: { [name: string]: RelationMeta };
  transitions: { [name: string]: TransitionMeta };
}

/** What a record refers to: a light reference, or with `include` the whole record. */
export type Included<T> = Reference & Partial<Omit<T, keyof Reference>>;
