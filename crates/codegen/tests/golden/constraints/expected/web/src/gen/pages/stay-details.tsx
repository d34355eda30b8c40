import { stayMeta } from "../../../../shared/gen/stay.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function StayDetails() {
  return (
    <DetailPage
      entity={stayMeta}
      facts={["room", "arrival", "departure", "state", "paid", "guest"]}
    />
  );
}
