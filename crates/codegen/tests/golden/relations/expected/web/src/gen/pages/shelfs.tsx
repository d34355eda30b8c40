import { shelfMeta } from "../../../../shared/gen/shelf.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Shelfs() {
  return (
    <ListPage
      entity={shelfMeta}
      title="Shelves"
      columns={["number", "keeper"]}
    />
  );
}
