import { collectionMeta } from "../../../../shared/gen/collection.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function CollectionList() {
  return (
    <ListPage
      entity={collectionMeta}
      title="Collections"
      columns={[
        "stringLimited",
        "integerLimited",
        "bigintLimited",
        "decimalLimited",
        "moneyLimited",
        "booleanLimited",
        "dateLimited",
        "datetimeLimited",
        "durationLimited",
        "enumLimited",
        "uuidLimited",
        "emailLimited",
        "urlLimited",
        "phoneLimited",
      ]}
    />
  );
}
