import { shelfMeta, shelfUpdate } from "../../../../shared/gen/shelf.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditShelf() {
  return (
    <EditPage
      entity={shelfMeta}
      title="Edit shelf"
      schema={shelfUpdate}
      fields={["number", "keeper"]}
    />
  );
}
