import { topicMeta } from "../../../../shared/gen/topic.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Topics() {
  return (
    <ListPage
      entity={topicMeta}
      title="Topics"
      columns={["word"]}
    />
  );
}
