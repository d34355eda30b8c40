// What was fetched, kept while the page is open, so that going back is instant. Every view shows what is
// known and asks again; a change forgets what it may have touched.

import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { Page } from "../../../../shared/gen/types.ts";
import { api } from "../api.ts";

interface Entry {
  data?: unknown;
  error?: unknown;
  /** Whether an answer is awaited. */
  loading: boolean;
  stale: boolean;
}

const entries = new Map<string, Entry>();
const listeners = new Set<() => void>();
const nothing: Entry = { loading: true, stale: true };

function put(key: string, entry: Entry): void {
  entries.set(key, entry);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Marks everything below these paths as out of date; open views ask again. */
export function invalidate(...prefixes: string[]): void {
  for (const [key, entry] of entries) {
    if (prefixes.some((prefix) => key.startsWith(prefix))) put(key, { ...entry, stale: true });
  }
}

/** Forgets everything: another person sees other records. */
export function forgetAll(): void {
  entries.clear();
  for (const listener of listeners) listener();
}

async function load(key: string, fetcher: () => Promise<unknown>): Promise<void> {
  const before = entries.get(key);
  const pending: Entry = { data: before?.data, loading: true, stale: false };
  put(key, pending);
  try {
    const data = await fetcher();
    if (entries.get(key) === pending) put(key, { data, loading: false, stale: false });
  } catch (error) {
    if (entries.get(key) === pending) put(key, { data: before?.data, error, loading: false, stale: false });
  }
}

export interface Resource<T> {
  data: T | undefined;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

/** What a path of the API answers; `null` asks nothing. */
export function useResource<T>(path: string | null): Resource<T> {
  const read = useCallback(() => (path === null ? nothing : (entries.get(path) ?? nothing)), [path]);
  const entry = useSyncExternalStore(subscribe, read);
  useEffect(() => {
    if (path !== null && entry.stale) void load(path, () => api.get(path));
  }, [path, entry]);
  const reload = useCallback(() => {
    if (path !== null) void load(path, () => api.get(path));
  }, [path]);
  return { data: entry.data as T | undefined, error: entry.error, loading: entry.loading, reload };
}

/** Puts a record that the server just sent in the place of what was known. */
export function remember(path: string, data: unknown): void {
  put(path, { data, loading: false, stale: false });
}

export interface ListResource<T> extends Resource<Page<T>> {
  /** Fetches the next page; absent at the end. */
  more: (() => void) | undefined;
  loadingMore: boolean;
}

/** A list that grows page by page. `path` has no cursor. */
export function useList<T>(path: string): ListResource<T> {
  const first = useResource<Page<T>>(path);
  const [loadingMore, setLoadingMore] = useState(false);
  const cursor = first.data?.nextCursor;

  const more = useCallback(async () => {
    const known = entries.get(path)?.data as Page<T> | undefined;
    if (!known?.nextCursor) return;
    setLoadingMore(true);
    try {
      const url = new URL(path, location.origin);
      url.searchParams.set("cursor", known.nextCursor);
      url.searchParams.delete("count");
      const next = await api.get<Page<T>>(url.pathname + url.search);
      remember(path, { ...known, items: [...known.items, ...next.items], nextCursor: next.nextCursor });
    } catch (error) {
      put(path, { data: known, error, loading: false, stale: false });
    } finally {
      setLoadingMore(false);
    }
  }, [path]);

  return { ...first, more: cursor ? () => void more() : undefined, loadingMore };
}
