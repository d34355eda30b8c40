import { bookMeta } from "../../../../shared/gen/book.ts";
import { shelfMeta } from "../../../../shared/gen/shelf.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function ShelfDetails() {
  return (
    <DetailPage
      entity={shelfMeta}
      facts={["number", "keeper"]}
      related={[
        { entity: bookMeta, title: "Books", relation: "shelf", columns: ["title", "author", "editor", "sequelOf", "topics", "reader"] },
      ]}
    />
  );
}
