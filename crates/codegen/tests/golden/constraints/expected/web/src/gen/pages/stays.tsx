import { stayMeta } from "../../../../shared/gen/stay.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Stays() {
  return (
    <ListPage
      entity={stayMeta}
      title="Stays"
      columns={["room", "arrival", "departure", "state", "paid", "guest"]}
    />
  );
}
