import { diaryMeta, diaryUpdate } from "../../../../shared/gen/diary.ts";
import { EditPage } from "../ui/form-page.tsx";

export default function EditOwn() {
  return (
    <EditPage
      entity={diaryMeta}
      title="Edit diary"
      schema={diaryUpdate}
      fields={["title"]}
    />
  );
}
