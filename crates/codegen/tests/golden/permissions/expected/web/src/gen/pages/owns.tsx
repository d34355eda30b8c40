import { diaryMeta } from "../../../../shared/gen/diary.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Owns() {
  return (
    <ListPage
      entity={diaryMeta}
      title="Diaries"
      columns={["title"]}
    />
  );
}
