import { suggestionCreate, suggestionMeta } from "../../../../shared/gen/suggestion.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewDrop() {
  return (
    <CreatePage
      entity={suggestionMeta}
      title="Tell us"
      schema={suggestionCreate}
      fields={["title"]}
    />
  );
}
