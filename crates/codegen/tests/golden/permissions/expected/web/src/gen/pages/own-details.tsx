import { diaryMeta } from "../../../../shared/gen/diary.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function OwnDetails() {
  return (
    <DetailPage
      entity={diaryMeta}
      facts={["title"]}
    />
  );
}
