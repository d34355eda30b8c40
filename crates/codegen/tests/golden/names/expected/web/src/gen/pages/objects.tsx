import { object_Meta } from "../../../../shared/gen/object.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Objects() {
  return (
    <ListPage
      entity={object_Meta}
      title="Objects"
      columns={["static"]}
    />
  );
}
