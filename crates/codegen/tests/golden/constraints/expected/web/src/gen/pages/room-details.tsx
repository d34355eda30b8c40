import { roomMeta } from "../../../../shared/gen/room.ts";
import { stayMeta } from "../../../../shared/gen/stay.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function RoomDetails() {
  return (
    <DetailPage
      entity={roomMeta}
      facts={["name", "floor", "size"]}
      actions={[{ label: "Book", to: "/stays/new", entity: "Stay", fill: "roomId" }]}
      related={[
        { entity: stayMeta, title: "Stays", relation: "room", columns: ["arrival", "departure", "state", "paid", "guest"] },
      ]}
    />
  );
}
