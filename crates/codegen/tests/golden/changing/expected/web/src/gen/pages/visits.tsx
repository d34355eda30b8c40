import { repairMeta } from "../../../../shared/gen/repair.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Visits() {
  return (
    <ListPage
      entity={repairMeta}
      title="Repairs"
      columns={["vehicle", "arrival", "departure", "progress"]}
      filters={["progress"]}
    />
  );
}
