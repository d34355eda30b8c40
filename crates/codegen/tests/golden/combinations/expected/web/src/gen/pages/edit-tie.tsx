import { tieMeta, tieUpdate } from "../../../../shared/gen/tie.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditTie() {
  return (
    <EditPage
      entity={tieMeta}
      title="Edit tie"
      schema={tieUpdate}
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
