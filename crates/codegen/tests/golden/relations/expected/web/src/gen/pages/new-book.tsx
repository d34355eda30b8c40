import { bookCreate, bookMeta } from "../../../../shared/gen/book.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewBook() {
  return (
    <CreatePage
      entity={bookMeta}
      title="New book"
      schema={bookCreate}
      fields={["title", "author", "editor", "sequelOf", "topics", "reader", "fans", "shelf"]}
      only={{ shelf: ["librarian"] }}
    />
  );
}
