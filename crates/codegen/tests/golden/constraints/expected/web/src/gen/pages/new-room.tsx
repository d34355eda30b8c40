import { roomCreate, roomMeta } from "../../../../shared/gen/room.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewRoom() {
  return (
    <CreatePage
      entity={roomMeta}
      title="New room"
      schema={roomCreate}
      fields={["name", "floor", "size"]}
    />
  );
}
