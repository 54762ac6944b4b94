"""The triggers that refuse what the rules of `seals` say, written for SQLite and for PostgreSQL."""

from procedures.errors import RecordSigned
from procedures.models import Procedure

INSERT, UPDATE, DELETE = "INSERT", "UPDATE", "DELETE"
RECORDS = Procedure._meta.db_table


def make(connection, cursor, by_table, *, locking):
    """`by_table`: the rules of each table; those of `locking` are parts of records and lock theirs first."""
    for name, its_rules in by_table.items():
        if connection.vendor == "postgresql":
            statements = _postgresql(name, its_rules, is_part=name in locking)
        else:
            statements = _sqlite(name, its_rules)
        for statement in statements:
            cursor.execute(statement)


def drop(connection, cursor, tables):
    if connection.vendor == "postgresql":
        for name in tables:
            cursor.execute(f"DROP FUNCTION IF EXISTS seal_{name}() CASCADE")
        return
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'seal\\_%' ESCAPE '\\'")
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP TRIGGER "{name}"')


def _postgresql(name, its_rules, *, is_part):
    """One function per table. A part first locks its record, so that nobody signs it at the same moment."""
    events = sorted({rule.event for rule in its_rules})
    checks = "".join(
        f"""
            IF TG_OP = '{event}' THEN
                {_lock_of(event) if is_part else ""}
                {"".join(_refusal(rule) for rule in its_rules if rule.event == event)}
            END IF;"""
        for event in events
    )
    yield f"""
        CREATE FUNCTION seal_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{RecordSigned.mark} {name} is not emptied';
            END IF;
            {checks}
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$"""
    yield f"""
        CREATE TRIGGER sealed BEFORE {" OR ".join(events)} ON {name}
        FOR EACH ROW EXECUTE FUNCTION seal_{name}()"""
    yield f"""
        CREATE TRIGGER sealed_whole BEFORE TRUNCATE ON {name}
        FOR EACH STATEMENT EXECUTE FUNCTION seal_{name}()"""


def _lock_of(event):
    rows = {INSERT: "NEW.procedure_id", UPDATE: "OLD.procedure_id, NEW.procedure_id", DELETE: "OLD.procedure_id"}
    return f"PERFORM 1 FROM {RECORDS} WHERE id IN ({rows[event]}) ORDER BY id FOR SHARE;"


def _refusal(rule):
    return f"""
                IF {rule.refuse_when} THEN
                    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{RecordSigned.mark} {rule.why}';
                END IF;"""


def _sqlite(name, its_rules):
    for number, rule in enumerate(its_rules):
        condition = rule.refuse_when.replace("IS DISTINCT FROM", "IS NOT")
        yield f"""
            CREATE TRIGGER seal_{name}_{number} BEFORE {rule.event} ON {name} FOR EACH ROW WHEN {condition}
            BEGIN SELECT RAISE(ABORT, '{RecordSigned.mark} {rule.why}'); END"""
    # INSERT OR REPLACE would delete an old row without firing its trigger.
    yield f"""
        CREATE TRIGGER seal_{name}_again BEFORE INSERT ON {name} FOR EACH ROW
        WHEN EXISTS (SELECT 1 FROM {name} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{RecordSigned.mark} there is such a row'); END"""  # noqa: S608 - names from our own code


def missing(connection, counts):
    """The names of triggers that are not there; `counts`: how many rules each table has."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
    return sorted({*_names(connection.vendor, counts)} - there)


def _names(vendor, counts):
    for name, count in counts.items():
        if vendor == "postgresql":
            yield from (f"{name}.sealed", f"{name}.sealed_whole")
        else:
            yield from (f"seal_{name}_{number}" for number in [*range(count), "again"])
