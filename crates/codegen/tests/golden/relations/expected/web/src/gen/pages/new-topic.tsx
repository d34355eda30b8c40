import { topicCreate, topicMeta } from "../../../../shared/gen/topic.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewTopic() {
  return (
    <CreatePage
      entity={topicMeta}
      title="New topic"
      schema={topicCreate}
      fields={["word"]}
    />
  );
}
