-- An organization is seen by its people, and changed from inside of it alone. One policy for everything, as it was, would have let a person
-- change any organization of theirs before one was chosen.
drop policy tenant on organizations;
create policy seen on organizations for select to slipform_application
    using (id = current_organization()
        or exists (select from members m where m.organization_id = organizations.id and m.user_id = current_user_id()));
create policy changed on organizations for update to slipform_application
    using (id = current_organization()) with check (id = current_organization());
create policy removed on organizations for delete to slipform_application using (id = current_organization());
