import { suggestionMeta } from "../../../../shared/gen/suggestion.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Drops() {
  return (
    <ListPage
      entity={suggestionMeta}
      title="Suggestions"
      columns={["title"]}
    />
  );
}
