import { closureCreate, closureMeta } from "../../../../shared/gen/closure.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewClosure() {
  return (
    <CreatePage
      entity={closureMeta}
      title="New closure"
      schema={closureCreate}
      fields={["begin", "finish"]}
    />
  );
}
