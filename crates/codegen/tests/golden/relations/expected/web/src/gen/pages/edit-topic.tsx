import { topicMeta, topicUpdate } from "../../../../shared/gen/topic.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditTopic() {
  return (
    <EditPage
      entity={topicMeta}
      title="Edit topic"
      schema={topicUpdate}
      fields={["word"]}
    />
  );
}
