import { collectionCreate, collectionMeta } from "../../../../shared/gen/collection.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewCollection() {
  return (
    <CreatePage
      entity={collectionMeta}
      title="New collection"
      schema={collectionCreate}
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
