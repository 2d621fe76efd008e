"""The report that a run writes: what was wanted, what was found, what was missed."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bench.run import CLIENTS, ROUNDS, Measured

MOST_QUERIES: Final = 12
MOST_BYTES: Final = 4200


@dataclass(frozen=True)
class Wanted:
    """The most milliseconds at one client, the least rate at eight, and on a busy run the most times the floor."""

    p50: float = 0.0
    p95: float = 0.0
    rate: float | None = None
    floor: str = ""
    times: float = 0.0


WANTED: Final = {
    "create a case": Wanted(10, 20, 150, "trivial view", 10),
    "list of a street × state": Wanted(20, 40, None, "plain page of 50 rows", 4),
    "list behind a number": Wanted(20, 40, None, "plain page of 50 rows", 4),
    "one case": Wanted(15, 25),
    "a step (withdraw)": Wanted(12, 24, 150),
    "street board": Wanted(20, 40, None, "plain page of 50 rows", 4),
    "a photo of 12 megapixels": Wanted(120, 240),
    "notices (a second and core)": Wanted(rate=500),
}


def missed(found: list[Measured]) -> list[str]:
    """One sentence for each number that is not as wanted."""
    p50 = {line.name: line.p50 for line in found}
    said = []
    for line in found:
        wanted = WANTED.get(line.name) or Wanted()
        if wanted.p50 and (line.p50 > wanted.p50 or line.p95 > wanted.p95):
            slow = f"{line.name}: {line.p50:.1f} / {line.p95:.1f} ms, wanted {wanted.p50:g} / {wanted.p95:g}"
            ratio = line.p50 / p50[wanted.floor] if wanted.floor else 0.0
            held = "; the ratio holds" if ratio <= wanted.times else ""
            said.append(slow + (f" ({ratio:.1f} × the {wanted.floor}{held})" if wanted.floor else ""))
        if wanted.rate and line.rate < wanted.rate:
            said.append(f"{line.name}: {line.rate:.0f} a second, wanted {wanted.rate:g}")
        if line.queries is not None and line.queries > MOST_QUERIES:
            said.append(f"{line.name}: {line.queries} queries, wanted {MOST_QUERIES}")
    return said


@dataclass(frozen=True)
class Run:
    """What was found in a city of so many cases: each page, and bytes per case of each table."""

    cases: int
    found: list[Measured]
    sizes: dict[str, float]


def write(path: Path, runs: list[Run], *, load: float, at: datetime, database: dict[str, str]) -> None:
    """Write the page.

    ``runs`` from the smallest city to the largest; ``load`` is the machine's load average before the run
    began; ``database`` the settings of PostgreSQL that matter, by name.
    """
    misses = missed(runs[-1].found) + _too_large(runs[-1])
    if database.get("fsync") == "off":
        misses.append("PostgreSQL ran with fsync off: writes would take longer where it is on")
    busy = " It was a busy run: the ratios to the floor decide, not the milliseconds." if load > 1 else ""
    path.write_text("\n".join([
        "# How fast it is", "",
        (f"Written by `bin/bench --cases {' '.join(str(run.cases) for run in runs)}` on {at:%Y-%m-%d %H:%M} UTC; "
        "not by hand."), "",
        (f"{os.cpu_count()} cores shared by PostgreSQL ({', '.join(f'{k} {v}' for k, v in database.items())}), the "
        f"portal (2 processes × 4 threads) and the client. Load average before the run: {load:.1f}.{busy}"), "",
        ("Milliseconds are the client's, on the same machine: p50 and p95 at one client; answers a second at "
        f"{CLIENTS} clients; the median of {ROUNDS} rounds after VACUUM ANALYZE. The wanted numbers are those for "
        "1,000,000 cases."), "",
        *(line for run in runs for line in _table(run)),
        *_growth(runs),
        "## What was missed", "",
        *(f"- {line}" for line in misses or ["Nothing of what is measured."]), "",
        ("The ratio to the floor decides where the machine is slower than the one that the wanted numbers were set for, or "
        "busy. Cases are spread evenly over the demo city's communities: at 1,000,000 each holds about 2,000, as many "
        "as a real one in two years."), "",
    ]), "utf-8")  # fmt: skip


def _table(run: Run) -> list[str]:
    total = sum(run.sizes.values())
    return [
        f"## {run.cases:,} cases", "",
        "| What | p50 ms | p95 ms | a second | queries | × trivial view | wanted |", "|---|---|---|---|---|---|---|",
        *(_row(line, run.found[0].p50) for line in run.found), "",
        "| Table with its indexes | bytes per case |", "|---|---|",
        *(f"| `{table}` | {size:.0f} |" for table, size in run.sizes.items()), f"| together | {total:.0f} |", "",
    ]  # fmt: skip


def _growth(runs: list[Run]) -> list[str]:
    """How p50 grew from the smallest city to the largest; wanted is at most 1.5 times."""
    if len(runs) < 2:
        return []
    first, last = runs[0], runs[-1]
    return [
        f"## From {first.cases:,} to {last.cases:,} cases", "", "| What | p50 grew |", "|---|---|",
        *(f"| {a.name} | {b.p50 / a.p50:.2f} × |" for a, b in zip(first.found, last.found, strict=True) if a.p50), "",
    ]  # fmt: skip


def _too_large(run: Run) -> list[str]:
    total = sum(run.sizes.values())
    return [f"case and history: {total:.0f} bytes, wanted {MOST_BYTES}"] if total > MOST_BYTES else []


def _row(line: Measured, trivial: float) -> str:
    wanted = WANTED.get(line.name)
    aims = [f"≤ {wanted.p50:g} / {wanted.p95:g}"] if wanted and wanted.p50 else []
    aims += [f"≥ {wanted.rate:g} a second"] if wanted and wanted.rate else []
    aims += [f"≤ {wanted.times:g} × {wanted.floor}"] if wanted and wanted.floor else []
    aim = ", ".join(aims)
    queries = "" if line.queries is None else str(line.queries)
    ratio = line.p50 / trivial
    return f"| {line.name} | {line.p50:.1f} | {line.p95:.1f} | {line.rate:.0f} | {queries} | {ratio:.1f} | {aim} |"
