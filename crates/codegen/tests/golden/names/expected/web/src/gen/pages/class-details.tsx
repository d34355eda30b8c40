import { class_Meta } from "../../../../shared/gen/class.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function ClassDetails() {
  return (
    <DetailPage
      entity={class_Meta}
      title={"\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%"}
      facts={["delete", "where", "new", "type", "URL", "user", "extends", "object"]}
      actions={[
        { label: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%", to: "/class/new", entity: "Class", fill: "extendsId" },
      ]}
      related={[
        { entity: class_Meta, title: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%", relation: "extends", columns: ["delete", "where", "new", "type", "URL", "user"] },
      ]}
    />
  );
}
