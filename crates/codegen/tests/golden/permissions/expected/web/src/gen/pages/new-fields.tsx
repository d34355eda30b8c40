import { personCreate, personMeta } from "../../../../shared/gen/person.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewFields() {
  return (
    <CreatePage
      entity={personMeta}
      title="New person"
      schema={personCreate}
      fields={["title", "salary", "dropBox", "published", "birthday", "mentor"]}
      only={{ salary: ["boss"], published: ["clerk", "boss"], mentor: ["boss"] }}
    />
  );
}
