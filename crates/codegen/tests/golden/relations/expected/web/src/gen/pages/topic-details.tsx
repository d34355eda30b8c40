import { bookMeta } from "../../../../shared/gen/book.ts";
import { topicMeta } from "../../../../shared/gen/topic.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function TopicDetails() {
  return (
    <DetailPage
      entity={topicMeta}
      facts={["word"]}
      related={[
        { entity: bookMeta, title: "Books", relation: "topics", columns: ["title", "author", "editor", "sequelOf", "reader"] },
      ]}
    />
  );
}
