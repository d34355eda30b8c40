import { vehicleMeta } from "../../../../shared/gen/vehicle.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Vehicles() {
  return (
    <ListPage
      entity={vehicleMeta}
      title="Vehicles"
      columns={["model", "address", "licence", "drive", "value"]}
      filters={["drive", "value", "sibling"]}
    />
  );
}
