import { tieMeta } from "../../../../shared/gen/tie.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function TieDetails() {
  return (
    <DetailPage
      entity={tieMeta}
      facts={[
        "name",
        "manyOwnRestrict",
        "manyOwnCascade",
        "manyOwnSetNull",
        "manyOwnFixed",
        "manyOwnClosed",
        "manyOtherRestrict",
        "manyOtherCascade",
        "manyOtherSetNull",
        "manyOtherFixed",
        "manyOtherClosed",
        "manyOtherNeeded",
        "manyPersonRestrict",
        "manyPersonCascade",
        "manyPersonSetNull",
        "manyPersonFixed",
        "manyPersonClosed",
        "manyPersonNeeded",
        "oneOwnRestrict",
        "oneOwnCascade",
        "oneOwnSetNull",
        "oneOwnFixed",
        "oneOwnClosed",
        "oneOtherRestrict",
        "oneOtherCascade",
        "oneOtherSetNull",
        "oneOtherFixed",
        "oneOtherClosed",
        "oneOtherNeeded",
        "onePersonRestrict",
        "onePersonCascade",
        "onePersonSetNull",
        "onePersonFixed",
        "onePersonClosed",
        "onePersonNeeded",
        "allOwnOpen",
        "allOwnFixed",
        "allOwnClosed",
        "allOtherOpen",
        "allOtherFixed",
        "allOtherClosed",
        "allPersonOpen",
        "allPersonFixed",
        "allPersonClosed",
      ]}
      related={[
        { entity: tieMeta, title: "Many own restrict of", relation: "manyOwnRestrict", columns: ["name", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "Many own cascade of", relation: "manyOwnCascade", columns: ["name", "manyOwnRestrict", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "Many own set null of", relation: "manyOwnSetNull", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "Many own fixed of", relation: "manyOwnFixed", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "Many own closed of", relation: "manyOwnClosed", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "One own restrict of", relation: "oneOwnRestrict", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "One own cascade of", relation: "oneOwnCascade", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "One own set null of", relation: "oneOwnSetNull", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "One own fixed of", relation: "oneOwnFixed", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "One own closed of", relation: "oneOwnClosed", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "All own open of", relation: "allOwnOpen", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "All own fixed of", relation: "allOwnFixed", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
        { entity: tieMeta, title: "All own closed of", relation: "allOwnClosed", columns: ["name", "manyOwnRestrict", "manyOwnCascade", "manyOwnSetNull", "manyOwnFixed", "manyOwnClosed", "manyOtherRestrict"] },
      ]}
    />
  );
}
