import { bookMeta } from "../../../../shared/gen/book.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Books() {
  return (
    <ListPage
      entity={bookMeta}
      title="Books"
      layout="cards"
      columns={["title", "author", "editor", "sequelOf", "topics", "reader"]}
      filters={["author", "topics", "reader", "shelf"]}
    />
  );
}
