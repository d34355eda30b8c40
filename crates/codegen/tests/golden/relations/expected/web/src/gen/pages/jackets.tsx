import { jacketMeta } from "../../../../shared/gen/jacket.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Jackets() {
  return (
    <ListPage
      entity={jacketMeta}
      title="Jackets"
      columns={["blurb", "book"]}
    />
  );
}
