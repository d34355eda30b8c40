import { Link, useLocation } from "react-router";
import { api } from "../api.ts";
import { app } from "../app.ts";
import { useSession } from "../ui/session.tsx";
import { AccountForm } from "./account-form.tsx";
import { AuthFrame } from "./auth-frame.tsx";

const passwordLength = 8;

export default function SignUp() {
  const { refresh } = useSession();
  const { search } = useLocation();
  return (
    <AuthFrame
      title="Create an account"
      text={`It takes a minute to join ${app.name}.`}
      footer={
        <>
          Already have an account? <Link to={{ pathname: "/sign-in", search }}>Sign in</Link>
        </>
      }
    >
      <AccountForm
        submit="Create account"
        fields={[
          { name: "name", label: "Name", type: "text", autoComplete: "name" },
          { name: "email", label: "E-mail", type: "email", autoComplete: "email" },
          {
            name: "password",
            label: "Password",
            type: "password",
            autoComplete: "new-password",
            help: `At least ${passwordLength} characters.`,
            minLength: passwordLength,
          },
        ]}
        onSubmit={async ({ name = "", email = "", password }) => {
          await api.post("/api/auth/sign-up", { name: name.trim(), email: email.trim(), password });
          await refresh();
        }}
      />
    </AuthFrame>
  );
}
