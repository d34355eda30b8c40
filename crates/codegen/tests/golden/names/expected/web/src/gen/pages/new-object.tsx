import { object_Create, object_Meta } from "../../../../shared/gen/object.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewObject() {
  return (
    <CreatePage
      entity={object_Meta}
      title="New object"
      schema={object_Create}
      fields={["static"]}
    />
  );
}
