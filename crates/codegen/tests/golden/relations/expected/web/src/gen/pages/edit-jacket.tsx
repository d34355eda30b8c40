import { jacketMeta, jacketUpdate } from "../../../../shared/gen/jacket.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditJacket() {
  return (
    <EditPage
      entity={jacketMeta}
      title="Edit jacket"
      schema={jacketUpdate}
      fields={["blurb", "book"]}
    />
  );
}
