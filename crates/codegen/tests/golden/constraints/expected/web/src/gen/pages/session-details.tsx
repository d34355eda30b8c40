import { session_Meta } from "../../../../shared/gen/session_.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function SessionDetails() {
  return (
    <DetailPage
      entity={session_Meta}
      facts={["begin", "finish", "size"]}
    />
  );
}
