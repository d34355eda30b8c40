-- What an API token may be used for, beside its role. Null: everything of its role, as tokens were before there were scopes.
alter table api_tokens add column scopes text[] constraint api_tokens_scopes_check check (cardinality(scopes) between 1 and 30);
