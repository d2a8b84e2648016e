"""One province led through its months, as its officers would do it.

Every part of it may be interrupted at any moment and begun again: what is done is left as it is. All that is
written goes through the rooms' operations; the days are the story's own, not the clock's.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.db import connection
from django.db.models import QuerySet

from ansinh.accounts.models import User
from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import operations as grants
from ansinh.grants import queries as granted
from ansinh.grants.models import Grant
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments import operations as payments
from ansinh.payments import queries as paid
from ansinh.payments.logic import Summary
from ansinh.payments.models import Account, Settlement
from ansinh.registry import operations as registry
from demo.expected import Step
from demo.files import Made
from demo.months import STEPS, settled_before

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
SIGNER = "Chủ tịch Ủy ban nhân dân"

Say = Callable[[str], None]


@dataclass
class Told:
    """One row of the table: what a step booked, what was expected, whether the review found what it must."""

    province: str
    months: str
    on: str
    people: int = 0
    regular_vnd: int = 0
    arrears_vnd: int = 0
    recoveries_vnd: int = 0
    total_vnd: int = 0
    hash: str = ""
    seconds: float = 0.0
    expected: dict[str, Any] = field(default_factory=dict)
    review: dict[str, int] = field(default_factory=dict)
    missed: int = 0
    """Lines the review should show and does not."""
    extra: int = 0
    """Lines it shows and should not."""
    errors: dict[str, list[int]] = field(default_factory=dict)
    """Planted errors: found, planted."""

    @property
    def plain_vnd(self) -> int:
        """The arrears by plain arithmetic."""
        return sum(self.expected.get("plain", {}).values())

    def differences(self) -> list[str]:
        """What is not as expected, in words."""
        found = [
            f"{name}: {getattr(self, name):,} thay vì {self.expected[name]:,}"
            for name in ("people", "regular_vnd", "arrears_vnd")
            if self.expected and getattr(self, name) != self.expected[name]
        ]
        if self.arrears_vnd != self.plain_vnd:
            found.append(f"truy lĩnh tính tay {self.plain_vnd:,}")
        if self.missed or self.extra:
            found.append(f"rà soát thiếu {self.missed}, thừa {self.extra} dòng")
        return found


@dataclass(kw_only=True)
class Leader:
    """Leads one province; `officers`: who prepares and who approves; `folder`: where it is told what came."""

    code: str
    name: str
    made: Made
    officers: tuple[User, User]
    folder: Path
    at: dt.datetime
    say: Say

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its months."""
        return STEPS[self.code]

    def tell(self) -> list[Told]:
        """Run whatever months are not done yet, and return what each came to."""
        return [self._step(step) for step in self.steps]

    def _unit(self, month: Month) -> Unit:
        return geography.unit(code=self.code, on=month.first)

    def load(self) -> None:
        """Load the register, take over who receives already, open the account, as far as it is not done."""
        opens = self.steps[0].month
        unit = self._unit(opens)
        if Account.objects.filter(unit=unit).exists():
            return
        directory = self.made.register
        prepares, approves = self.officers

        def say(words: str) -> None:
            self.say(f"{self.name}: {words}")

        registry.load_register(directory=directory, at=self.at, by=prepares, say=say)
        if not Grant.objects.filter(decision__unit__in=_below(unit, opens)).exists():
            say("Tiếp nhận danh sách đang hưởng · taking over who receives already")
            taken = grants.take_over(
                rows=registry.grants_of(directory=directory),
                month=opens,
                unit=unit,
                at=_at(opens.first, 7),
                by=prepares,
            )
            say(f"{taken.people:,} người, {taken.grants:,} khoản, {taken.monthly_vnd:,} đồng/tháng")
        payments.open_account(
            unit=unit,
            month=opens,
            by=approves,
            at=_at(opens.first, 8),
            basis="Dữ liệu minh hoạ: các tháng trước đã chi ngoài hệ thống",
        )

    # ── the months ──

    def _step(self, step: Step) -> Told:
        """Run one month: determine, review, adopt, settle what lies before, prepare, approve."""
        months = (step.month, *step.also)
        unit = self._unit(step.month)
        if done := self._done(step, unit):
            return done
        started = time.perf_counter()
        name = f"{self.name} {_text(months)}"
        told = self._told(step) or Told(self.name, _text(months), step.on.isoformat())
        told.expected = next(e for e in self.made.expected if e["month"] == str(step.month))
        self._follow_merger(step, unit, name)
        runs = self._determine(step, unit, name)
        if not told.review:  # of a month begun before, it shows only what was left
            self._review(step, runs[-1], unit, told)
            self._keep(step, told)
        self.say(f"{name}: ra quyết định theo rà soát · adopting")
        grants.adopt_changes(
            unit=unit,
            runs=runs,
            decided_on=step.on,
            at=_at(step.on, 9),
            by=self.officers[1],
            signer_name=SIGNER,
        )
        if step is self.steps[-1]:  # of earlier months nobody asks any more what stood open
            grants.count_open(run=runs[-1], at=_at(step.on, 9))
        self._settle(step, unit, name)
        summary = self._pay(step, unit, months, name)
        told.seconds = round(time.perf_counter() - started, 1)
        _fill(told, summary)
        self._keep(step, told)
        return told

    def _follow_merger(self, step: Step, unit: Unit, name: str) -> None:
        """From July 2025 the communes are competent."""
        if self.code == "01" and step.month == Month(2025, 7):
            self.say(f"{name}: chuyển hồ sơ từ huyện về xã · following the merger")
            moved = grants.follow_merger(
                unit=unit, on=step.month.first, at=_at(step.on, 8), by=self.officers[1]
            )
            self.say(f"{name}: {moved.grants:,} quyết định, {moved.unconfirmed:,} chờ xác nhận xã")

    def _determine(self, step: Step, unit: Unit, name: str) -> list[Run]:
        asked = list(Month.range(step.since or step.month, step.month))
        runs = []
        for month in asked:
            self.say(f"{name}: hỏi luật tháng {month.vietnamese()} · asking the law")
            runs.append(
                grants.ask_law(unit=unit, month=month, on=step.on, at=_at(step.on, 8), by=self.officers[1])
            )
        return runs

    def _review(self, step: Step, run: Run, unit: Unit, told: Told) -> None:
        """Compare the law with what is paid, and the differences with those that must be there."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"select p.key, d.slot, d.kind from ({granted.differences_sql(run, unit)}) d "
                "join registry_person p on p.id = d.person_id"
            )
            found = set(cursor.fetchall())
        wanted = self.made.review(step.month)
        told.review = dict(Counter(kind for _, _, kind in found))
        told.missed, told.extra = len(wanted - found), len(found - wanted)
        truths = self.made.truths().filter(pl.col("month") == str(step.month))
        people = {key for key, _, _ in found}
        for (error,), rows in truths.group_by(["error"]):
            keys = set(rows["person_key"])
            if error != "DUPLICATE":
                told.errors[str(error)] = [len(keys & people), len(keys)]

    def _settle(self, step: Step, unit: Unit, name: str) -> None:
        months = settled_before(self.code, step)
        if not months or Settlement.objects.filter(unit=unit, months__contains=months[0].first).exists():
            return
        between = f"{months[0].vietnamese()}–{months[-1].vietnamese()}"
        self.say(f"{name}: quyết toán gộp {between} · settling the months between")
        payments.settle(
            unit=unit,
            months=months,
            basis="Dữ liệu minh hoạ: các tháng giữa hai lần chạy, đã chi ngoài hệ thống",
            by=self.officers[1],
            at=_at(step.on, 10),
        )

    def _pay(self, step: Step, unit: Unit, months: tuple[Month, ...], name: str) -> Summary:
        prepares, approves = self.officers
        payments.prepare(
            unit=unit,
            months=months,
            on=step.on,
            by=prepares,
            at=_at(step.on, 11),
            replace=True,
            tell=lambda words: self.say(f"{name}: {words}"),
        )
        payments.approve(
            unit=unit,
            months=months,
            by=approves,
            at=_at(step.on, 15),
            tell=lambda words: self.say(f"{name}: {words}"),
        )
        return paid.summary(unit, months)

    # ── what was told before ──

    def _done(self, step: Step, unit: Unit) -> Told | None:
        """Return the row of a month that is approved already."""
        try:
            summary = paid.summary(unit, (step.month, *step.also))
        except Refusal:
            return None
        if summary.status != "APPROVED":
            return None
        told = self._told(step)
        if told is None or told.hash != summary.hash:  # told of another database
            told = Told(self.name, _text((step.month, *step.also)), step.on.isoformat())
        _fill(told, summary)
        return told

    def _told(self, step: Step) -> Told | None:
        path = self._path(step)
        return Told(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def _keep(self, step: Step, told: Told) -> None:
        path = self._path(step)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(told), ensure_ascii=False), encoding="utf-8")

    def _path(self, step: Step) -> Path:
        return self.folder / "told" / f"{self.code}-{step.month}.json"


def _below(unit: Unit, month: Month) -> QuerySet[Any]:
    return geography.standings(unit, on=month.first).values("unit")


def _fill(told: Told, summary: Summary) -> None:
    totals = summary.totals
    told.people, told.hash = totals.people, summary.hash
    told.regular_vnd, told.arrears_vnd = totals.regular_vnd, totals.arrears_vnd
    told.recoveries_vnd, told.total_vnd = totals.recoveries_vnd, totals.total_vnd


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=HERE)


def _text(months: tuple[Month, ...]) -> str:
    return "+".join(str(month) if not at else f"{month.number:02d}" for at, month in enumerate(months))
