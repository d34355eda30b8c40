-- Builds are deleted with their preview. The numbers that they had are not given to others: links and pollers would
-- silently be about another build.
alter table apps add column builds_gone int not null default 0;   -- the highest number of a build that was deleted
