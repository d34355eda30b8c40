import { repairCreate, repairMeta } from "../../../../shared/gen/repair.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewVisit() {
  return (
    <CreatePage
      entity={repairMeta}
      title="New repair"
      schema={repairCreate}
      fields={["vehicle", "arrival", "departure"]}
    />
  );
}
