import { personMeta, personUpdate } from "../../../../shared/gen/person.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditFields() {
  return (
    <EditPage
      entity={personMeta}
      title="Edit person"
      schema={personUpdate}
      fields={["title", "salary", "dropBox", "published", "birthday", "mentor"]}
      only={{ salary: ["boss"], published: ["clerk", "boss"], mentor: ["boss"] }}
    />
  );
}
