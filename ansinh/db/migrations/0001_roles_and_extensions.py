"""The application's role, the extensions, and what the role may do by default.

On a server of DATABASE_URL the login must be able to make roles, or a person who can has made `ansinh_app`
and granted it to the login.
"""

from django.db import migrations

ROLE = """
do $$
begin
    if not exists (select from pg_roles where rolname = 'ansinh_app') then
        begin
            create role ansinh_app nologin;
        exception when duplicate_object or unique_violation then
            null;  -- another database of this server was migrated at the same moment
        end;
    end if;
    begin
        grant ansinh_app to current_user;
    exception when insufficient_privilege then
        null;  -- whoever made the role has granted it
    end;
end
$$;

create extension if not exists btree_gist;
create extension if not exists pg_trgm;
create extension if not exists unaccent;

grant usage on schema public to ansinh_app;
grant select on all tables in schema public to ansinh_app;
alter default privileges in schema public grant select, insert, update, delete on tables to ansinh_app;
alter default privileges in schema public grant usage, select on sequences to ansinh_app;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    # Privileges by default hold for tables made later: everyone's tables come after.
    run_before = [
        ("contenttypes", "0001_initial"),
        ("sessions", "0001_initial"),
        ("procrastinate", "0001_initial"),
    ]
    operations = [migrations.RunSQL(ROLE, migrations.RunSQL.noop)]
