// How each kind of record is named and found, and where its pages are.

import type { Place } from "./ui/model.ts";

export const directory: Readonly<Record<string, Place>> = {
  Cabinet: { label: "Cabinet", display: "title", search: "title.contains" },
  Folder: { label: "Folder", display: "title", search: "title.contains" },
  Paper: { label: "Paper", display: "title", search: "title.contains", list: "/papers" },
  Label: { label: "Label", display: "word", search: "word.contains" },
  Remark: { label: "Remark", display: "text", search: "text.contains" },
  Receipt: { label: "Receipt", display: "title", search: "title.contains" },
  Copy: { label: "Copy", display: "title", search: "title.contains" },
  user: { label: "Person", display: "name", search: "search" },
};
