"""Timing, memory and the machine; and calling a measurement in a process of its own."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
T = TypeVar("T")


@dataclass
class Timing:
    """Seconds of repeated work: by the clock on the wall, and of processor time."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median by the clock on the wall."""
        return median(self.wall)

    def add(self, work: Callable[[], T]) -> T:
        """Do the work once more and keep how long it took."""
        wall, cpu = time.perf_counter(), _cpu()
        result = work()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(_cpu() - cpu)
        return result

    def told(self) -> dict[str, Any]:
        """Return the figures as a table."""
        return {"median": self.median, "cpu": median(self.cpu), "wall": [round(one, 3) for one in self.wall]}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def forget_peak() -> int:
    """Start watching the peak of memory anew; return what is used now, in bytes."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def peak() -> int:
    """Return the most memory used since `forget_peak`, in bytes."""
    return _memory("VmHWM")


def _memory(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise OSError(f"the kernel does not tell {name}")


def apart(function: Callable[..., Any], *, env: Mapping[str, str] | None = None, **arguments: Any) -> Any:
    """Call a function of a module in a process of its own; what it returns comes back as JSON."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench.measure",
            function.__module__,
            function.__name__,
            json.dumps(arguments),
        ],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def machine() -> dict[str, str]:
    """Describe this machine and what runs on it."""
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return {
        "machine": f"{os.cpu_count()} × {cpu}, {memory:.0f} GiB, Linux {platform.release()}",
        "software": f"Python {platform.python_version()}, Polars {version('polars')}",
    }


@dataclass
class Goal:
    """One goal of the project and what was measured."""

    what: str
    goal: str
    measured: str
    met: bool


@dataclass
class Section:
    """What one benchmark found, as it is printed and written down."""

    name: str
    title: str
    head: list[str]
    rows: list[list[str]]
    goals: list[Goal] = field(default_factory=list)
    notes: str = ""
    plan: str = ""
    when: str = ""
    load: str = ""
    machine: dict[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """Return the section as it is kept between runs."""
        return asdict(self)


if __name__ == "__main__":
    module, name, arguments = sys.argv[1:]
    answer = getattr(import_module(module), name)(**json.loads(arguments))
    print(json.dumps(answer))
