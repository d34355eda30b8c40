import { specimenMeta, specimenUpdate } from "../../../../shared/gen/specimen.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditSpecimen() {
  return (
    <EditPage
      entity={specimenMeta}
      title="Edit specimen"
      schema={specimenUpdate}
      fields={[
        "title",
        "slug",
        "drawer",
        "notes",
        "legs",
        "inventory",
        "weight",
        "price",
        "auction",
        "estimate",
        "onDisplay",
        "foundOn",
        "checkedAt",
        "exposure",
        "kind",
        "reference",
        "finder",
        "source",
        "phone",
        "measures",
        "accessCode",
        "nicknames",
        "alike",
        "counts",
        "serials",
        "samples",
        "offers",
        "answers",
        "visits",
        "sightings",
        "laps",
        "related",
        "experts",
        "links",
        "hotlines",
      ]}
    />
  );
}
