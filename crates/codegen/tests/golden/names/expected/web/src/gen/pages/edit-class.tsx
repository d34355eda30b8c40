import { class_Meta, class_Update } from "../../../../shared/gen/class.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditClass() {
  return (
    <EditPage
      entity={class_Meta}
      title={"Edit klasse \"A\" & <b>B<\u002fb>"}
      schema={class_Update}
      fields={["delete", "where", "new", "type", "URL", "user", "extends", "object"]}
    />
  );
}
