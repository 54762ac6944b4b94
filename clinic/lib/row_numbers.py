"""The numbers that the database gives to new rows."""

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

MORE_THAN_WERE_LOST = 1_000_000  # rows of one table since a backup


def skip(count=MORE_THAN_WERE_LOST):
    """New rows of every table get numbers that are higher by `count` than they would have been.

    After a restore: the rows that were lost had numbers, and links, receipts and keys of messages that name them are
    still around. A new row must not be taken for one of those. Raises DatabaseError if the sequences are not ours.
    """
    columns = [(model._meta.db_table, model._meta.pk.column) for model in _numbered()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table, column in columns:
                cursor.execute(
                    "SELECT setval(numbers, nextval(numbers) + %s)"
                    " FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS numbers) AS sequence",
                    [count, f'"{table}"', column],
                )
        else:
            cursor.executemany(
                "INSERT INTO sqlite_sequence (name, seq) SELECT %s, 0"
                " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)",
                [(table, table) for table, _column in columns],
            )
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [count])


def go_on_after(models):
    """New rows of these models get numbers after the highest there is: for rows that were loaded with their numbers.

    SQLite does so by itself.
    """
    by_name = sorted(models, key=lambda model: model._meta.label)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), by_name):
            cursor.execute(statement)


def _numbered():
    known = connection.introspection.table_names()
    managed = (model for model in apps.get_models(include_auto_created=True) if model._meta.managed)
    return [
        model for model in managed if isinstance(model._meta.pk, models.AutoField) and model._meta.db_table in known
    ]
