// Who is signed in, and what this person may do at all.

import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { api, signedOut } from "../api.ts";
import { forgetAll } from "./data.ts";
import { ErrorState, Spinner } from "./states.tsx";

/** The signed-in person. */
export interface User {
  id: string;
  email: string;
  name: string;
  roles: string[];
}

interface Meta {
  entities: Record<string, { create: boolean; read: boolean }>;
}

interface Session {
  user: User | null;
  /** Whether the person may read (or create) records of an entity at all. */
  may: (entity: string, what: "read" | "create") => boolean;
  /** Asks the server again, after signing in or out. */
  refresh: () => Promise<void>;
  signOut: () => Promise<void>;
}

const Context = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("useSession outside of SessionProvider");
  return session;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<{ user: User | null; meta: Meta }>();
  const [error, setError] = useState<unknown>();

  const refresh = useCallback(async () => {
    const asked = Promise.all([api.get<{ user: User | null }>("/api/auth/me"), api.get<Meta>("/api/meta")]);
    await asked.then(([{ user }, meta]) => {
      forgetAll();
      setState({ user, meta });
      setError(undefined);
    }, setError);
  }, []);

  useEffect(() => {
    void refresh();
  }, [refresh]);

  // A session that ended elsewhere ends here too. Visitors are refused without it meaning anything.
  const present = state?.user != null;
  useEffect(() => {
    if (!present) return;
    const onSignedOut = () => void refresh();
    addEventListener(signedOut, onSignedOut);
    return () => removeEventListener(signedOut, onSignedOut);
  }, [present, refresh]);

  const session = useMemo<Session | null>(() => {
    if (!state) return null;
    return {
      user: state.user,
      may: (entity, what) => state.meta.entities[entity]?.[what] === true,
      refresh,
      signOut: async () => {
        await api.post("/api/auth/sign-out");
        await refresh();
      },
    };
  }, [state, refresh]);

  if (session) return <Context value={session}>{children}</Context>;
  if (error) {
    return (
      <main className="page page--narrow">
        <ErrorState error={error} retry={() => void refresh()} />
      </main>
    );
  }
  return <Spinner label="Loading" />;
}
