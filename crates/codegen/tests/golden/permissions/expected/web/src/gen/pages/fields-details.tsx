import { personMeta } from "../../../../shared/gen/person.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function FieldsDetails() {
  return (
    <DetailPage
      entity={personMeta}
      facts={["title", "salary", "nobody", "dropBox", "published", "birthday", "mentor"]}
    />
  );
}
