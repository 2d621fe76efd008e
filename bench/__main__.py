"""Make a city of many cases and measure the portal in it; `bin/bench` starts this with a database of its own."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - only after the line above
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.loader import load  # noqa: E402
from bench.report import Run, write  # noqa: E402
from bench.run import measure, sizes  # noqa: E402
from grievances.models import Case  # noqa: E402
from portal.demo import work  # noqa: E402

SHOWN = ("shared_buffers", "random_page_cost", "jit", "fsync")


def main() -> None:
    """Fill the database up to each size and measure there; it is not emptied afterwards."""
    asked = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    asked.add_argument("--cases", type=int, nargs="+", default=[10_000], help="how many cases the city has, growing")
    asked.add_argument("--to", type=Path, default=settings.BASE_DIR / "docs" / "benchmarks.md", help="the report")
    wanted = asked.parse_args()
    if os.environ.get("BENCH") != "1":
        sys.exit("start it with bin/bench: it fills the database, which has to be one of its own")
    before = os.getloadavg()[0]
    call_command("migrate", verbosity=0)
    if not work.stands():
        call_command("load_demo")
    runs = []
    with connection.cursor() as cursor:
        for cases in sorted(wanted.cases):
            load(max(0, cases - Case.objects.count()))
            cursor.execute("VACUUM ANALYZE")
            runs.append(Run(Case.objects.count(), measure(), sizes()))
            sys.stdout.write(f"{cases} cases: measured\n")
            sys.stdout.flush()
        database = {}
        for name in SHOWN:
            cursor.execute("SELECT current_setting(%s)", [name])
            database[name] = cursor.fetchone()[0]
    write(wanted.to, runs, load=before, at=datetime.now(UTC), database=database)
    sys.stdout.write(f"{wanted.to}: written\n")


main()
