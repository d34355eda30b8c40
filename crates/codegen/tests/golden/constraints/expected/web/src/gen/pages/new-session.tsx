import { session_Create, session_Meta } from "../../../../shared/gen/session_.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewSession() {
  return (
    <CreatePage
      entity={session_Meta}
      title="New session"
      schema={session_Create}
      fields={["begin", "finish", "size"]}
    />
  );
}
