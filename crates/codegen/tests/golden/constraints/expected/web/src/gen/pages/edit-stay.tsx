import { stayMeta, stayUpdate } from "../../../../shared/gen/stay.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditStay() {
  return (
    <EditPage
      entity={stayMeta}
      title="Edit stay"
      schema={stayUpdate}
      fields={["room", "arrival", "departure"]}
    />
  );
}
