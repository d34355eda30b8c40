import { announcementMeta, announcementUpdate } from "../../../../shared/gen/announcement.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditOpen() {
  return (
    <EditPage
      entity={announcementMeta}
      title="Edit announcement"
      schema={announcementUpdate}
      fields={["title"]}
    />
  );
}
