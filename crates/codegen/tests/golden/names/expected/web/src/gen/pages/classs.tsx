import { class_Meta } from "../../../../shared/gen/class.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Classs() {
  return (
    <ListPage
      entity={class_Meta}
      title={"\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%"}
      description={"\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%"}
      columns={["delete", "where", "new", "type", "URL", "user"]}
      filters={["new", "where", "extends"]}
      sort="createdAt"
    />
  );
}
