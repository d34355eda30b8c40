import { memoCreate, memoMeta } from "../../../../shared/gen/memo.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewSigned() {
  return (
    <CreatePage
      entity={memoMeta}
      title="New memo"
      schema={memoCreate}
      fields={["title"]}
    />
  );
}
