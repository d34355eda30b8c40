import { suggestionMeta } from "../../../../shared/gen/suggestion.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function DropDetails() {
  return (
    <DetailPage
      entity={suggestionMeta}
      facts={["title"]}
    />
  );
}
