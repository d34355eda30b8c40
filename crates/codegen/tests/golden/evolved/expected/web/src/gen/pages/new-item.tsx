import { articleCreate, articleMeta } from "../../../../shared/gen/article.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewItem() {
  return (
    <CreatePage
      entity={articleMeta}
      title="New article"
      schema={articleCreate}
      fields={["title", "price", "stock", "sku", "shelf"]}
    />
  );
}
