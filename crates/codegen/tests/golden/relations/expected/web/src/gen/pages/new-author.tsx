import { authorCreate, authorMeta } from "../../../../shared/gen/author.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewAuthor() {
  return (
    <CreatePage
      entity={authorMeta}
      title="New author"
      schema={authorCreate}
      fields={["name", "teacher", "friends"]}
    />
  );
}
