import { bookMeta, bookUpdate } from "../../../../shared/gen/book.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditBook() {
  return (
    <EditPage
      entity={bookMeta}
      title="Edit book"
      schema={bookUpdate}
      fields={["title", "author", "editor", "sequelOf", "topics", "reader", "fans", "shelf"]}
      only={{ shelf: ["librarian"] }}
    />
  );
}
