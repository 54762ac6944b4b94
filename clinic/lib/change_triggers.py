"""Triggers by which the database itself records a change, whoever makes it and however.

What a process caches of some tables belongs to a version: one row whose random token every change of those tables
replaces. Code that reads the version first never uses anything older than that read.
"""

from uuid import uuid4

from django.db import connections


def install_change_triggers(tables, *, version, topic, using):
    """Create the triggers, and begin a new version. (SQLite drops a table's triggers when Django remakes it.)

    `version` is a model with one row (id, token); `topic` names the triggers.
    """
    connection = connections[using]
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if version._meta.db_table not in there:
            return  # migrated back to a time before this
        for statement in write([table for table in tables if table in there], version, topic):
            cursor.execute(statement)
    version.objects.using(using).update_or_create(pk=version.ONLY, defaults={"token": uuid4()})


def _postgresql(tables, version, topic):
    kept_in = version._meta.db_table
    yield f"""
        CREATE OR REPLACE FUNCTION clinic_{topic}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO {kept_in} (id, token) VALUES ({version.ONLY}, gen_random_uuid())
            ON CONFLICT (id) DO UPDATE SET token = EXCLUDED.token;
            RETURN NULL;
        END $$"""  # noqa: S608 - the name of the clinic's own table
    for table in tables:
        yield f"""
            CREATE OR REPLACE TRIGGER {topic}_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION clinic_{topic}_changed()"""


def _sqlite(tables, version, topic):
    for table in tables:
        for change in ("insert", "update", "delete"):
            yield f"""
                CREATE TRIGGER IF NOT EXISTS {table}_{change}_changes_{topic} AFTER {change} ON {table}
                BEGIN
                    INSERT OR REPLACE INTO {version._meta.db_table} (id, token)
                    VALUES ({version.ONLY}, lower(hex(randomblob(16))));
                END"""  # noqa: S608 - names of the clinic's own tables
