import type { Announcement, AnnouncementCreate, AnnouncementUpdate } from "../../../shared/gen/announcement.ts";
import type { Vault, VaultCreate, VaultUpdate } from "../../../shared/gen/vault.ts";
import type { Memo, MemoCreate, MemoUpdate } from "../../../shared/gen/memo.ts";
import type { Report, ReportCreate, ReportUpdate } from "../../../shared/gen/report.ts";
import type { Diary, DiaryCreate, DiaryUpdate } from "../../../shared/gen/diary.ts";
import type { Task, TaskCreate, TaskUpdate } from "../../../shared/gen/task.ts";
import type { Suggestion, SuggestionCreate, SuggestionUpdate } from "../../../shared/gen/suggestion.ts";
import type { Ticket, TicketCreate, TicketUpdate } from "../../../shared/gen/ticket.ts";
import type { Errand, ErrandCreate, ErrandUpdate } from "../../../shared/gen/errand.ts";
import type { Person_, Person_Create, Person_Update } from "../../../shared/gen/person.ts";
import type { EntityHooks } from "./core/hooks.ts";

/** Your code around what happens to records, by entity. */
export interface Hooks {
  Announcement?: EntityHooks<Announcement, AnnouncementCreate, AnnouncementUpdate>;
  Vault?: EntityHooks<Vault, VaultCreate, VaultUpdate>;
  Memo?: EntityHooks<Memo, MemoCreate, MemoUpdate>;
  Report?: EntityHooks<Report, ReportCreate, ReportUpdate>;
  Diary?: EntityHooks<Diary, DiaryCreate, DiaryUpdate>;
  Task?: EntityHooks<Task, TaskCreate, TaskUpdate>;
  Suggestion?: EntityHooks<Suggestion, SuggestionCreate, SuggestionUpdate>;
  Ticket?: EntityHooks<Ticket, TicketCreate, TicketUpdate>;
  Errand?: EntityHooks<Errand, ErrandCreate, ErrandUpdate>;
  Person?: EntityHooks<Person_, Person_Create, Person_Update>;
}
