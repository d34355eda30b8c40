import { jacketCreate, jacketMeta } from "../../../../shared/gen/jacket.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewJacket() {
  return (
    <CreatePage
      entity={jacketMeta}
      title="New jacket"
      schema={jacketCreate}
      fields={["blurb", "book"]}
    />
  );
}
