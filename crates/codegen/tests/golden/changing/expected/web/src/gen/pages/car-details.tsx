import { repairMeta } from "../../../../shared/gen/repair.ts";
import { vehicleMeta } from "../../../../shared/gen/vehicle.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function CarDetails() {
  return (
    <DetailPage
      entity={vehicleMeta}
      facts={[
        "model",
        "address",
        "licence",
        "drive",
        "value",
        "doors",
        "tags",
        "weight",
        "note",
        "sibling",
        "holder",
        "extras",
      ]}
      related={[
        { entity: repairMeta, title: "Repairs", relation: "vehicle", columns: ["arrival", "departure", "progress"] },
        { entity: vehicleMeta, title: "Siblings", relation: "sibling", columns: ["model", "address", "licence", "drive", "value"] },
      ]}
    />
  );
}
