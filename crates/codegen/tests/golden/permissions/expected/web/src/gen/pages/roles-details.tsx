import { reportMeta } from "../../../../shared/gen/report.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function RolesDetails() {
  return (
    <DetailPage
      entity={reportMeta}
      facts={["title"]}
    />
  );
}
