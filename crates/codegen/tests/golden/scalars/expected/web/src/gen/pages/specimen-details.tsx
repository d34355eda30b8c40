import { specimenMeta } from "../../../../shared/gen/specimen.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function SpecimenDetails() {
  return (
    <DetailPage
      entity={specimenMeta}
      facts={[
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
        "rank",
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
