import { tieCreate, tieMeta } from "../../../../shared/gen/tie.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewTie() {
  return (
    <CreatePage
      entity={tieMeta}
      title="New tie"
      schema={tieCreate}
      fields={[
        "name",
        "manyOwnRestrict",
        "manyOwnCascade",
        "manyOwnSetNull",
        "manyOtherRestrict",
        "manyOtherCascade",
        "manyOtherSetNull",
        "manyOtherNeeded",
        "manyPersonRestrict",
        "manyPersonCascade",
        "manyPersonSetNull",
        "manyPersonNeeded",
        "oneOwnRestrict",
        "oneOwnCascade",
        "oneOwnSetNull",
        "oneOtherRestrict",
        "oneOtherCascade",
        "oneOtherSetNull",
        "oneOtherNeeded",
        "onePersonRestrict",
        "onePersonCascade",
        "onePersonSetNull",
        "onePersonNeeded",
        "allOwnOpen",
        "allOtherOpen",
        "allPersonOpen",
      ]}
    />
  );
}
