import { bookMeta } from "../../../../shared/gen/book.ts";
import { jacketMeta } from "../../../../shared/gen/jacket.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function BookDetails() {
  return (
    <DetailPage
      entity={bookMeta}
      facts={["title", "author", "editor", "sequelOf", "topics", "reader", "fans", "owner", "shelf"]}
      cover
      actions={[{ label: "Write the jacket", to: "/jackets/new", entity: "Jacket", fill: "bookId" }]}
      related={[
        { entity: jacketMeta, title: "Jacket", relation: "book", columns: ["blurb"] },
        { entity: bookMeta, title: "Sequel", relation: "sequelOf", columns: ["title", "author", "editor", "topics", "reader"] },
      ]}
    />
  );
}
