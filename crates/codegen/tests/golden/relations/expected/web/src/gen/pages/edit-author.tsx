import { authorMeta, authorUpdate } from "../../../../shared/gen/author.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditAuthor() {
  return (
    <EditPage
      entity={authorMeta}
      title="Edit author"
      schema={authorUpdate}
      fields={["name", "teacher", "friends"]}
    />
  );
}
