import { diaryCreate, diaryMeta } from "../../../../shared/gen/diary.ts";
import { CreatePage } from "../ui/form-page.tsx";

export default function NewOwn() {
  return (
    <CreatePage
      entity={diaryMeta}
      title="New diary"
      schema={diaryCreate}
      fields={["title"]}
    />
  );
}
