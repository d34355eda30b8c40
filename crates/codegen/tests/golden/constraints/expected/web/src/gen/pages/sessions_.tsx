import { session_Meta } from "../../../../shared/gen/session_.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Sessions() {
  return (
    <ListPage
      entity={session_Meta}
      title="Sessions"
      columns={["begin", "finish", "size"]}
    />
  );
}
