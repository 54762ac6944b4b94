"""What bin/test runs: looks for the services, starts what is needed, calls pytest, ends what was started."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack

from tests import migrated, services

# Two workers for the two cores of a small machine; three take as long, as measured. Tests that share a clinic or a
# port run on the same worker.
IN_PARALLEL = ["-n", os.environ.get("TEST_WORKERS", "2"), "--dist", "loadgroup"]
LONG = ["tests/chaos", "tests/race/test_http_race.py", "tests/procedures/dosing/test_dose_meter.py"]
LONG += ["tests/property/test_booking_machine.py", "tests/property/test_planned_messages.py"]
LONG += ["tests/procedures/records/test_sealed_completeness.py", "tests/aftercare/demo/test_seed_moments.py"]
FUZZ = ["tests/fuzz", "-rP"]
CHAOS = [*LONG, "-rP"]  # also show the figures that passing tests print
# What people do is tested on both databases. Pages are requested once: on PostgreSQL, which returns rows in no order
# unless it is given one; on SQLite a browser opens them all.
ON_SQLITE = ["-m", "not pages or browser or once"]
ON_POSTGRESQL = ["-m", "not browser and not sqlite_only and not once"]


def main():
    signal.signal(signal.SIGTERM, lambda *args: sys.exit(143))  # so that what was started is ended
    parser = argparse.ArgumentParser(prog="bin/test", description=__doc__, add_help=False, allow_abbrev=False)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--chaos", action="store_true")
    parser.add_argument("--fuzz", action="store_true")
    asked, arguments = parser.parse_known_args()
    missing = look_for_services()
    if missing and os.environ.get("CI") == "true":
        sys.exit("With CI=true nothing may be missing.")
    if asked.chaos:
        os.environ["CHAOS"] = "full"
        is_missing = services.postgresql_programs in missing
        runs = [(run_on_sqlite if is_missing else run_on_postgresql, [*CHAOS, *arguments])]
    elif asked.fuzz:
        os.environ["FUZZ"] = "full"
        runs = [(run_on_sqlite, [*FUZZ, *arguments])]
        if services.postgresql_programs not in missing:
            runs.append((run_on_postgresql, [*FUZZ, *arguments]))
    elif arguments or asked.postgresql:
        runs = [(run_on_postgresql if asked.postgresql else run_on_sqlite, arguments)]
    else:
        runs = [
            (run_on_sqlite, [*IN_PARALLEL, *ON_SQLITE]),
            (run_on_postgresql, [*IN_PARALLEL, *ON_POSTGRESQL]),
        ]
        if services.postgresql_programs in missing:
            runs = [(run_on_sqlite, IN_PARALLEL)]
    with tempfile.TemporaryDirectory(prefix="clinic-migrated-") as folder:
        os.environ[migrated.FOLDER] = folder
        results = [run(arguments) for run, arguments in runs]
    sys.exit(max(results))


def look_for_services():
    """Prints what was found and what was not, and returns the searches that found nothing."""
    searches = {
        "PostgreSQL": services.postgresql_programs,
        "Redis": services.redis_program,
        "Chromium": services.chromium_path,
    }
    missing = []
    for name, find in searches.items():
        try:
            print(f"{name}: {find()}")
        except services.ServiceMissing as error:
            print(f"MISSING {error} - its tests are skipped")
            missing.append(find)
    return missing


def run_on_sqlite(arguments):
    return pytest("SQLite", arguments)


def run_on_postgresql(arguments):
    with services.PostgreSQL() as server:
        return pytest("PostgreSQL", arguments, DATABASE_URL=server.create_database("clinic"))


def pytest(title, arguments, **env):
    print(f"\n=== Tests on {title} ===", flush=True)
    with ExitStack() as stack:
        env["DATA_DIR"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="clinic-tests-"))
        command = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(command, env=clean_environment() | env, check=False).returncode


def clean_environment():
    """The environment without what would lead the tests to a real database, broker or mail server."""
    return {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "EMAIL_URL"}}


if __name__ == "__main__":
    main()
