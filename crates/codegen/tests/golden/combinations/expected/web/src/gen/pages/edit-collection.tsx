import { collectionMeta, collectionUpdate } from "../../../../shared/gen/collection.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditCollection() {
  return (
    <EditPage
      entity={collectionMeta}
      title="Edit collection"
      schema={collectionUpdate}
      fields={[
        "stringLimited",
        "stringNeeded",
        "stringGiven",
        "integerLimited",
        "integerNeeded",
        "integerGiven",
        "bigintLimited",
        "bigintNeeded",
        "bigintGiven",
        "decimalLimited",
        "decimalNeeded",
        "decimalGiven",
        "moneyLimited",
        "moneyNeeded",
        "moneyGiven",
        "booleanLimited",
        "booleanNeeded",
        "booleanGiven",
        "dateLimited",
        "dateNeeded",
        "dateGiven",
        "datetimeLimited",
        "datetimeNeeded",
        "datetimeGiven",
        "durationLimited",
        "durationNeeded",
        "durationGiven",
        "enumLimited",
        "enumNeeded",
        "enumGiven",
        "uuidLimited",
        "uuidNeeded",
        "uuidGiven",
        "emailLimited",
        "emailNeeded",
        "emailGiven",
        "urlLimited",
        "urlNeeded",
        "urlGiven",
        "phoneLimited",
        "phoneNeeded",
        "phoneGiven",
      ]}
    />
  );
}
