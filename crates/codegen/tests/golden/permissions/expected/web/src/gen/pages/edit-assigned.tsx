import { taskMeta, taskUpdate } from "../../../../shared/gen/task.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditAssigned() {
  return (
    <EditPage
      entity={taskMeta}
      title="Edit task"
      schema={taskUpdate}
      fields={["title", "assignee"]}
    />
  );
}
