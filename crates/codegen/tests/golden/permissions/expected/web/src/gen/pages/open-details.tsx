import { announcementMeta } from "../../../../shared/gen/announcement.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function OpenDetails() {
  return (
    <DetailPage
      entity={announcementMeta}
      facts={["title"]}
    />
  );
}
