import type { Cabinet, CabinetCreate, CabinetUpdate } from "../../../shared/gen/cabinet.ts";
import type { Folder, FolderCreate, FolderUpdate } from "../../../shared/gen/folder.ts";
import type { Paper, PaperCreate, PaperUpdate } from "../../../shared/gen/paper.ts";
import type { Label_, Label_Create, Label_Update } from "../../../shared/gen/label.ts";
import type { Remark, RemarkCreate, RemarkUpdate } from "../../../shared/gen/remark.ts";
import type { Receipt, ReceiptCreate, ReceiptUpdate } from "../../../shared/gen/receipt.ts";
import type { Copy, CopyCreate, CopyUpdate } from "../../../shared/gen/copy.ts";
import type { EntityHooks } from "./core/hooks.ts";

/** Your code around what happens to records, by entity. */
export interface Hooks {
  Cabinet?: EntityHooks<Cabinet, CabinetCreate, CabinetUpdate>;
  Folder?: EntityHooks<Folder, FolderCreate, FolderUpdate>;
  Paper?: EntityHooks<Paper, PaperCreate, PaperUpdate>;
  Label?: EntityHooks<Label_, Label_Create, Label_Update>;
  Remark?: EntityHooks<Remark, RemarkCreate, RemarkUpdate>;
  Receipt?: EntityHooks<Receipt, ReceiptCreate, ReceiptUpdate>;
  Copy?: EntityHooks<Copy, CopyCreate, CopyUpdate>;
}
