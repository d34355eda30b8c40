import { Link, useLocation } from "react-router";
import { api } from "../api.ts";
import { app } from "../app.ts";
import { useSession } from "../ui/session.tsx";
import { AccountForm } from "./account-form.tsx";
import { AuthFrame } from "./auth-frame.tsx";

export default function SignIn() {
  const { refresh } = useSession();
  const { search } = useLocation();
  return (
    <AuthFrame
      title="Sign in"
      text={`Welcome back to ${app.name}.`}
      footer={
        <>
          New here? <Link to={{ pathname: "/sign-up", search }}>Create an account</Link>
        </>
      }
    >
      <AccountForm
        submit="Sign in"
        fields={[
          { name: "email", label: "E-mail", type: "email", autoComplete: "email" },
          { name: "password", label: "Password", type: "password", autoComplete: "current-password" },
        ]}
        onSubmit={async ({ email = "", password }) => {
          await api.post("/api/auth/sign-in", { email: email.trim(), password });
          await refresh();
        }}
      />
    </AuthFrame>
  );
}
