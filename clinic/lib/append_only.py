"""Triggers by which the database itself refuses to change, remove or write over the rows of some tables.

They protect against mistakes in code and manual SQL, on SQLite and on PostgreSQL alike. They do not stop the owner of
the database, who can drop a trigger as well as a table.
"""

from django.db import connections

MARK = "append-only:"
EVENTS = ("update", "delete", "insert")  # of SQLite; PostgreSQL refuses a second row with the same key anyway


def install(models, *, using):
    """Create the triggers for the tables of these models, again if they are there."""
    connection = connections[using]
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for model in models:
            for statement in write(model._meta.db_table, model._meta.pk.column):
                cursor.execute(statement)


def lift(models, *, using):
    """Take them away: SQLite drops a table's triggers only by accident, when Django remakes it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS clinic_append_only() CASCADE")
            return
        for model in models:
            for event in EVENTS:
                cursor.execute(f'DROP TRIGGER IF EXISTS "{model._meta.db_table}_stays_{event}"')


def names(models, *, vendor):
    """Of the triggers, as the database calls them; PostgreSQL's with their table before."""
    tables = [model._meta.db_table for model in models]
    if vendor == "postgresql":
        return [f"{table}.{name}" for table in tables for name in ("stays", "stays_whole")]
    return [f"{table}_stays_{event}" for table in tables for event in EVENTS]


def _postgresql(table, key):
    yield f"""
        CREATE OR REPLACE FUNCTION clinic_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{MARK} rows of ' || TG_TABLE_NAME || ' stay';
        END $$"""
    yield f"""
        CREATE OR REPLACE TRIGGER stays BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION clinic_append_only()"""
    yield f"""
        CREATE OR REPLACE TRIGGER stays_whole BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION clinic_append_only()"""


def _sqlite(table, key):
    """INSERT OR REPLACE would delete an old row without firing its trigger."""
    there_is_one = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 - a table of our own
    for event, when in zip(EVENTS, ("", "", there_is_one), strict=True):
        yield f"""
            CREATE TRIGGER IF NOT EXISTS {table}_stays_{event} BEFORE {event} ON {table} FOR EACH ROW {when}
            BEGIN SELECT RAISE(ABORT, '{MARK} rows of {table} stay'); END"""
