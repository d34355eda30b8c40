import { personMeta } from "../../../../shared/gen/person.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Fieldss() {
  return (
    <ListPage
      entity={personMeta}
      title="People"
      columns={["title", "salary", "nobody", "dropBox", "published", "birthday"]}
    />
  );
}
