import { reportCreate, reportMeta } from "../../../../shared/gen/report.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewRoles() {
  return (
    <CreatePage
      entity={reportMeta}
      title="New report"
      schema={reportCreate}
      fields={["title"]}
    />
  );
}
