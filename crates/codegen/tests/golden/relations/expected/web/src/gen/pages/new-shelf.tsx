import { shelfCreate, shelfMeta } from "../../../../shared/gen/shelf.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewShelf() {
  return (
    <CreatePage
      entity={shelfMeta}
      title="New shelf"
      schema={shelfCreate}
      fields={["number", "keeper"]}
    />
  );
}
