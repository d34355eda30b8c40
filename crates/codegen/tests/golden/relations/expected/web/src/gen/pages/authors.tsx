import { authorMeta } from "../../../../shared/gen/author.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Authors() {
  return (
    <ListPage
      entity={authorMeta}
      title="Authors"
      columns={["name", "teacher", "friends"]}
    />
  );
}
