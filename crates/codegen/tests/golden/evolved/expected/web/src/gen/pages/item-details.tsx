import { articleMeta } from "../../../../shared/gen/article.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function ItemDetails() {
  return (
    <DetailPage
      entity={articleMeta}
      facts={["title", "price", "stock", "sku", "shelf"]}
    />
  );
}
