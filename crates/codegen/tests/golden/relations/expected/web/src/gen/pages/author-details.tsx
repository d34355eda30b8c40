import { authorMeta } from "../../../../shared/gen/author.ts";
import { bookMeta } from "../../../../shared/gen/book.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function AuthorDetails() {
  return (
    <DetailPage
      entity={authorMeta}
      facts={["name", "teacher", "friends"]}
      actions={[{ label: "Add a book", to: "/books/new", entity: "Book", fill: "authorId" }]}
      related={[
        { entity: authorMeta, title: "Taught", relation: "teacher", columns: ["name", "friends"] },
        { entity: bookMeta, title: "Books", relation: "author", columns: ["title", "editor", "sequelOf", "topics", "reader"] },
        { entity: bookMeta, title: "Books", relation: "editor", columns: ["title", "author", "sequelOf", "topics", "reader"] },
        { entity: authorMeta, title: "Friend of", relation: "friends", columns: ["name", "teacher"] },
      ]}
    />
  );
}
