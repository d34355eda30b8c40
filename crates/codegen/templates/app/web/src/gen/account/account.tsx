import { Navigate, useLocation } from "react-router";
import { roleLabels } from "../../../../shared/gen/roles.ts";
import { api } from "../api.ts";
import { Avatar } from "../ui/cover.tsx";
import { signInPath } from "../ui/layout.tsx";
import { PageHeader } from "../ui/page.tsx";
import { useSession } from "../ui/session.tsx";
import { useToast } from "../ui/toast.tsx";
import { AccountForm } from "./account-form.tsx";

const labels: Readonly<Record<string, string>> = roleLabels;

export default function Account() {
  const { user, signOut } = useSession();
  const location = useLocation();
  const toast = useToast();
  if (!user) return <Navigate to={signInPath(location)} replace />;
  return (
    <div className="page page--form">
      <PageHeader title="Account" />
      <section className="panel account" aria-label="You">
        <Avatar name={user.name} seed={user.id} />
        <div className="account__text">
          <p className="account__name">{user.name}</p>
          <p className="muted">{user.email}</p>
          {user.roles.length > 0 && (
            <p className="inline-list">
              {user.roles.map((role) => (
                <span key={role} className="badge badge--neutral">
                  {labels[role] ?? role}
                </span>
              ))}
            </p>
          )}
        </div>
        <button type="button" className="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </section>
      <section className="panel" aria-labelledby="password">
        <h2 className="panel__title" id="password">
          Change your password
        </h2>
        <AccountForm
          submit="Change password"
          fields={[
            { name: "current", label: "Current password", type: "password", autoComplete: "current-password" },
            { name: "new", label: "New password", type: "password", autoComplete: "new-password", minLength: 8, help: "At least 8 characters." },
          ]}
          onSubmit={async (values) => {
            await api.post("/api/auth/password", { current: values["current"], new: values["new"] });
            toast("Your password was changed");
          }}
        />
      </section>
    </div>
  );
}
