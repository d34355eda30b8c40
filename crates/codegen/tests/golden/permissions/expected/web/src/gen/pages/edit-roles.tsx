import { reportMeta, reportUpdate } from "../../../../shared/gen/report.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditRoles() {
  return (
    <EditPage
      entity={reportMeta}
      title="Edit report"
      schema={reportUpdate}
      fields={["title"]}
    />
  );
}
