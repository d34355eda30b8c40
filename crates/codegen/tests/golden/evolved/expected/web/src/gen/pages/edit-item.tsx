import { articleMeta, articleUpdate } from "../../../../shared/gen/article.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditItem() {
  return (
    <EditPage
      entity={articleMeta}
      title="Edit article"
      schema={articleUpdate}
      fields={["title", "price", "stock", "sku", "shelf"]}
    />
  );
}
