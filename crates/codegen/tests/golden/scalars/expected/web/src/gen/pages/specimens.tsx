import { specimenMeta } from "../../../../shared/gen/specimen.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Specimens() {
  return (
    <ListPage
      entity={specimenMeta}
      title="Specimens"
      columns={["title", "slug", "drawer", "notes", "legs", "inventory"]}
      filters={[
        "title",
        "legs",
        "inventory",
        "weight",
        "price",
        "onDisplay",
        "foundOn",
        "checkedAt",
        "exposure",
        "kind",
        "reference",
        "finder",
        "source",
        "phone",
      ]}
      sort="-price"
      pageSize={5}
    />
  );
}
