import { vehicleCreate, vehicleMeta } from "../../../../shared/gen/vehicle.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewCar() {
  return (
    <CreatePage
      entity={vehicleMeta}
      title="New vehicle"
      schema={vehicleCreate}
      fields={[
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
    />
  );
}
