import { paperMeta } from "../../../../shared/gen/paper.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Papers() {
  return (
    <ListPage
      entity={paperMeta}
      title="Papers"
      columns={["title", "folder", "labels"]}
    />
  );
}
