import { roomMeta } from "../../../../shared/gen/room.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Rooms() {
  return (
    <ListPage
      entity={roomMeta}
      title="Rooms"
      columns={["name", "floor", "size"]}
    />
  );
}
