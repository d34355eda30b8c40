import { closureMeta } from "../../../../shared/gen/closure.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Closures() {
  return (
    <ListPage
      entity={closureMeta}
      title="Closures"
      columns={["begin", "finish"]}
    />
  );
}
