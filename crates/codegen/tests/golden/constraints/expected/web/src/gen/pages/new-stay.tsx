import { stayCreate, stayMeta } from "../../../../shared/gen/stay.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewStay() {
  return (
    <CreatePage
      entity={stayMeta}
      title="New stay"
      schema={stayCreate}
      fields={["room", "arrival", "departure"]}
    />
  );
}
