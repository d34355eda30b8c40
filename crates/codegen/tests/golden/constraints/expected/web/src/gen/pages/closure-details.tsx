import { closureMeta } from "../../../../shared/gen/closure.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function ClosureDetails() {
  return (
    <DetailPage
      entity={closureMeta}
      facts={["begin", "finish"]}
    />
  );
}
