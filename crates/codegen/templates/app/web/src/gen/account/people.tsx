// Everybody who has an account, for those who may give roles.

import { useEffect, useState } from "react";
import { Navigate, useLocation } from "react-router";
import type { Page } from "../../../../shared/gen/types.ts";
import { adminRoles, roleLabels, roleNames, type RoleName } from "../../../../shared/gen/roles.ts";
import { api, messageOf } from "../api.ts";
import { Avatar } from "../ui/cover.tsx";
import { invalidate, useList } from "../ui/data.ts";
import { SearchIcon } from "../ui/icons.tsx";
import { signInPath } from "../ui/layout.tsx";
import { NotFound } from "../ui/not-found.tsx";
import { PageHeader } from "../ui/page.tsx";
import { useSession, type User } from "../ui/session.tsx";
import { EmptyState, ErrorState, Skeleton } from "../ui/states.tsx";
import { useToast } from "../ui/toast.tsx";

const typingPause = 250;

export default function People() {
  const { user } = useSession();
  const location = useLocation();
  if (!user) return <Navigate to={signInPath(location)} replace />;
  if (!adminRoles.some((role) => user.roles.includes(role))) return <NotFound />;
  return <Directory />;
}

function Directory() {
  const [text, setText] = useState("");
  const [search, setSearch] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSearch(text.trim()), typingPause);
    return () => clearTimeout(timer);
  }, [text]);
  const list = useList<User>(`/api/users?${new URLSearchParams(search ? { search } : {})}`);

  return (
    <div className="page">
      <PageHeader title="People" description="Everybody with an account, and what they may do." />
      <search className="toolbar" aria-label="People">
        <div className="search">
          <SearchIcon />
          <input type="search" aria-label="Search people" placeholder="Search people" value={text} onChange={(event) => setText(event.target.value)} />
        </div>
      </search>
      <PeopleTable list={list} />
      {list.more && (
        <div className="more">
          <button type="button" className="button" onClick={list.more} disabled={list.loadingMore}>
            Load more
          </button>
        </div>
      )}
    </div>
  );
}

function PeopleTable({ list }: { list: { data: Page<User> | undefined; error: unknown; reload: () => void } }) {
  if (!list.data) return list.error ? <ErrorState error={list.error} retry={list.reload} /> : <Skeleton layout="table" />;
  if (list.data.items.length === 0) return <EmptyState title="Nobody found">Try another name or e-mail address.</EmptyState>;
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">E-mail</th>
            <th scope="col">Roles</th>
          </tr>
        </thead>
        <tbody>
          {list.data.items.map((person) => (
            <tr key={person.id}>
              <td data-label="Name">
                <span className="person">
                  <Avatar name={person.name} seed={person.id} />
                  {person.name}
                </span>
              </td>
              <td data-label="E-mail">{person.email}</td>
              <td data-label="Roles">
                <Roles person={person} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Roles({ person }: { person: User }) {
  const [busy, setBusy] = useState(false);
  const { user, refresh } = useSession();
  const toast = useToast();

  const change = async (role: RoleName, given: boolean) => {
    setBusy(true);
    try {
      const roles = given ? [...person.roles, role] : person.roles.filter((other) => other !== role);
      await api.patch(`/api/users/${person.id}`, { roles });
      toast(given ? `${person.name} is now ${roleLabels[role]}` : `${person.name} is no longer ${roleLabels[role]}`);
      if (person.id === user?.id) await refresh();
      else invalidate("/api/users");
    } catch (error) {
      toast(messageOf(error), "danger");
    } finally {
      setBusy(false);
    }
  };

  return (
    <fieldset className="roles" disabled={busy}>
      <legend className="visually-hidden">Roles of {person.name}</legend>
      {roleNames.map((role) => (
        <label key={role} className="chip">
          <input type="checkbox" checked={person.roles.includes(role)} onChange={(event) => void change(role, event.target.checked)} />
          <span>{roleLabels[role]}</span>
        </label>
      ))}
    </fieldset>
  );
}
