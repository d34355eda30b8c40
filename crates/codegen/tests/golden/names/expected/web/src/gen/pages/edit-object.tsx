import { object_Meta, object_Update } from "../../../../shared/gen/object.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditObject() {
  return (
    <EditPage
      entity={object_Meta}
      title="Edit object"
      schema={object_Update}
      fields={["static"]}
    />
  );
}
