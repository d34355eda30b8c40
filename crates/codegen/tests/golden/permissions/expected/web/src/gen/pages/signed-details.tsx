import { memoMeta } from "../../../../shared/gen/memo.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function SignedDetails() {
  return (
    <DetailPage
      entity={memoMeta}
      facts={["title"]}
    />
  );
}
