import { class_Create, class_Meta } from "../../../../shared/gen/class.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewClass() {
  return (
    <CreatePage
      entity={class_Meta}
      title={"New klasse \"A\" & <b>B<\u002fb>"}
      schema={class_Create}
      fields={["delete", "where", "new", "type", "URL", "user", "extends", "object"]}
    />
  );
}
