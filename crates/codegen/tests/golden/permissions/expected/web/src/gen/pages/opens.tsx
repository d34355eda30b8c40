import { announcementMeta } from "../../../../shared/gen/announcement.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Opens() {
  return (
    <ListPage
      entity={announcementMeta}
      title="Announcements"
      columns={["title"]}
    />
  );
}
