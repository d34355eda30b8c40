import { taskCreate, taskMeta } from "../../../../shared/gen/task.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewAssigned() {
  return (
    <CreatePage
      entity={taskMeta}
      title="New task"
      schema={taskCreate}
      fields={["title", "assignee"]}
    />
  );
}
