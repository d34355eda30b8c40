-- What a look at the place where an environment runs has found to differ from what was made there.
alter table environments add column drift jsonb;                    -- [{kind, name, detail}]; null: never looked
alter table environments add column drift_checked_at timestamptz;
-- A repair brings the live release back with everything that it needs.
alter table builds drop constraint builds_kind_check;
alter table builds add constraint builds_kind_check check (kind in ('build', 'rollback', 'repair'));
