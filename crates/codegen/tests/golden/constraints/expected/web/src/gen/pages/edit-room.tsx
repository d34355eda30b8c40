import { roomMeta, roomUpdate } from "../../../../shared/gen/room.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditRoom() {
  return (
    <EditPage
      entity={roomMeta}
      title="Edit room"
      schema={roomUpdate}
      fields={["name", "floor", "size"]}
    />
  );
}
