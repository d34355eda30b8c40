import { taskMeta } from "../../../../shared/gen/task.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Assigneds() {
  return (
    <ListPage
      entity={taskMeta}
      title="Tasks"
      columns={["title", "assignee"]}
    />
  );
}
