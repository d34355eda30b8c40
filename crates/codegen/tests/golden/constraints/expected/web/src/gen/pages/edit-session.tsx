import { session_Meta, session_Update } from "../../../../shared/gen/session_.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditSession() {
  return (
    <EditPage
      entity={session_Meta}
      title="Edit session"
      schema={session_Update}
      fields={["begin", "finish", "size"]}
    />
  );
}
