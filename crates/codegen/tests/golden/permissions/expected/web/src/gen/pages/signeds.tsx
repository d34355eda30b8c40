import { memoMeta } from "../../../../shared/gen/memo.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Signeds() {
  return (
    <ListPage
      entity={memoMeta}
      title="Memos"
      columns={["title"]}
    />
  );
}
