import { singleMeta, singleUpdate } from "../../../../shared/gen/single.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditSingle() {
  return (
    <EditPage
      entity={singleMeta}
      title="Edit single"
      schema={singleUpdate}
      fields={[
        "source",
        "stringLimited",
        "stringNeeded",
        "stringGiven",
        "textLimited",
        "textNeeded",
        "textGiven",
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
        "slugLimited",
        "slugNeeded",
        "slugGiven",
        "jsonLimited",
        "jsonNeeded",
        "jsonGiven",
      ]}
    />
  );
}
