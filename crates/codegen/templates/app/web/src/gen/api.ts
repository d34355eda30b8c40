// The client of the app's own API.

import type { Problem } from "../../../shared/gen/types.ts";

/** A refusal of the server, or `status` 0 when it could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly { pointer: string; detail: string }[];

  constructor(problem: Pick<Problem, "title" | "status" | "detail" | "errors">) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
    this.status = problem.status;
    this.errors = problem.errors ?? [];
  }
}

/** What the signed-in person may do with one record. */
export interface Can {
  update: boolean;
  delete: boolean;
  transitions?: string[];
}

/** A record as the API sends it: the fields that this person may read. */
export interface AppRecord {
  id: string;
  createdAt?: string;
  updatedAt?: string;
  version?: number;
  can?: Can;
  [member: string]: unknown;
}

/** The event that says that the server no longer knows the person. */
export const signedOut = "signed-out";

interface RequestOptions {
  body?: unknown;
  /** The version that a change is based on. */
  version?: number | undefined;
  signal?: AbortSignal | undefined;
}

async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.version !== undefined) headers["if-match"] = `"${options.version}"`;
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.signal) init.signal = options.signal;

  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError({ title: "The server cannot be reached. Check your connection and try again.", status: 0 });
  }
  if (response.status === 401) dispatchEvent(new Event(signedOut));
  if (!response.ok) throw new ApiError(await readProblem(response));
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

async function readProblem(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: "about:blank",
    title: "Something went wrong. Please try again.",
    status: response.status,
  };
  if (!response.headers.get("content-type")?.includes("json")) return fallback;
  try {
    return { ...fallback, ...((await response.json()) as Partial<Problem>), status: response.status };
  } catch {
    return fallback;
  }
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => request<T>("GET", path, { signal }),
  post: <T>(path: string, body?: unknown, version?: number) => request<T>("POST", path, { body, version }),
  patch: <T>(path: string, body: unknown, version?: number) => request<T>("PATCH", path, { body, version }),
  delete: (path: string, version?: number) => request<void>("DELETE", path, { version }),
};

/** The words for any failure. */
export function messageOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : "Something went wrong. Please try again.";
}
