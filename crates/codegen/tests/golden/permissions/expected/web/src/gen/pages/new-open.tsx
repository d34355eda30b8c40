import { announcementCreate, announcementMeta } from "../../../../shared/gen/announcement.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewOpen() {
  return (
    <CreatePage
      entity={announcementMeta}
      title="New announcement"
      schema={announcementCreate}
      fields={["title"]}
    />
  );
}
