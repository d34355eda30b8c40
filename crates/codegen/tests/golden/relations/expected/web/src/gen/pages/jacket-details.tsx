import { jacketMeta } from "../../../../shared/gen/jacket.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function JacketDetails() {
  return (
    <DetailPage
      entity={jacketMeta}
      facts={["blurb", "book"]}
    />
  );
}
