import { specimenCreate, specimenMeta } from "../../../../shared/gen/specimen.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewSpecimen() {
  return (
    <CreatePage
      entity={specimenMeta}
      title="New specimen"
      schema={specimenCreate}
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
