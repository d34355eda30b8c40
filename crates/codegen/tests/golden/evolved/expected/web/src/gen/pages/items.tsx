import { articleMeta } from "../../../../shared/gen/article.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Items_() {
  return (
    <ListPage
      entity={articleMeta}
      title="Articles"
      columns={["title", "price", "stock", "sku", "shelf"]}
    />
  );
}
