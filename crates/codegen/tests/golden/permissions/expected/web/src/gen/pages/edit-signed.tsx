import { memoMeta, memoUpdate } from "../../../../shared/gen/memo.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditSigned() {
  return (
    <EditPage
      entity={memoMeta}
      title="Edit memo"
      schema={memoUpdate}
      fields={["title"]}
    />
  );
}
