-- The lists of an app's versions and of an environment's releases are read from an index, as all others are.
create index design_versions_page on design_versions (app_id, created_at, id);
create index releases_page on releases (environment_id, created_at, id);
