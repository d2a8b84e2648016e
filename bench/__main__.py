"""`make bench` measures everything, `make bench BENCH="determination screen"` only these; see `--help`."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable

from bench import determination, doubles, files, imports, months, openfisca, page, search, simulate
from bench.measure import Section, machine

PARTS: dict[str, Callable[[float], Section]] = {
    "determination": determination.measure,
    "openfisca": openfisca.measure,
    "screen": files.measure_screen,
    "assess": files.measure_assess,
    "import": imports.measure,
    "month": months.measure_ha_noi,
    "nation": months.measure_nation,
    "search": search.measure,
    "doubles": doubles.measure,
    "simulate": simulate.measure,
}


def main() -> None:
    """Measure what is asked for, print it, keep it, and write the page from all that is kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PARTS)}; all when left out")
    parser.add_argument(
        "--scale", type=float, default=1, help="a part of the people, to try; such figures are not written"
    )
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(PARTS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for name in asked.names or PARTS:
        print(f"{name} …", file=sys.stderr)
        busy = os.getloadavg()[0]
        section = PARTS[name](asked.scale)
        section.when, section.machine = dt.datetime.now(dt.UTC).date().isoformat(), machine()
        section.load = f"{busy:.1f} before, {os.getloadavg()[0]:.1f} after"
        print(page.section(section))
        if asked.scale == 1:
            page.keep(section)
    if asked.scale == 1:
        page.write(PARTS)


if __name__ == "__main__":
    main()
