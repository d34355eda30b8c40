import { object_Meta } from "../../../../shared/gen/object.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function ObjectDetails() {
  return (
    <DetailPage
      entity={object_Meta}
      facts={["static"]}
    />
  );
}
