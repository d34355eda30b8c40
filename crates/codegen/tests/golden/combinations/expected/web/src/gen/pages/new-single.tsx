import { singleCreate, singleMeta } from "../../../../shared/gen/single.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewSingle() {
  return (
    <CreatePage
      entity={singleMeta}
      title="New single"
      schema={singleCreate}
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
