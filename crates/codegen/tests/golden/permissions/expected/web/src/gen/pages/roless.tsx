import { reportMeta } from "../../../../shared/gen/report.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Roless() {
  return (
    <ListPage
      entity={reportMeta}
      title="Reports"
      columns={["title"]}
    />
  );
}
