import { taskMeta } from "../../../../shared/gen/task.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function AssignedDetails() {
  return (
    <DetailPage
      entity={taskMeta}
      facts={["title", "assignee"]}
    />
  );
}
