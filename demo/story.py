"""The story: two provinces loaded and led through their months, as officers would do it.

Every part of it may be interrupted at any moment and begun again: what is done is left as it is. All that is
written goes through the rooms' operations; the days are the story's own, not the clock's.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from ansinh.accounts import operations as accounts
from ansinh.accounts.models import Role, User
from ansinh.determinations.models import Run
from ansinh.geography import operations as map_
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
from ansinh.rulebook.categories import categories
from demo import groups
from demo.expected import Step
from demo.files import Made, province_folder
from demo.months import SEED, STEPS, in_order, settled_before

PROVINCES = {"01": "Hà Nội", "15": "Lào Cai"}
PASSWORD = "an-sinh-2026"
"""Of all demo accounts: there is nothing in the demo to protect."""
COMMUNE, NEIGHBOUR = "Phường Hà Đông", "Phường Dương Nội"
"""Where Bình and Châu work, and Dũng next door."""
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


class Story:
    """Leads both provinces through their months."""

    def __init__(self, *, scale: float, folder: Path, at: dt.datetime, say: Say) -> None:
        self.scale, self.at, self.say = scale, at, say
        self.folder = folder / f"{SEED}-{scale:g}"
        self.made: dict[str, Made] = {}
        self.officers: dict[str, tuple[User, User]] = {}
        self.users: list[User] = []
        self._start = time.perf_counter()

    def tell(self) -> list[Told]:
        """Do whatever is not done yet, and return the whole table."""
        with self._making() as made:
            self._map()
            self._cast()
            for code in PROVINCES:
                self.made[code] = made[code].result()
                self._load(code)
        return [self._step(code, step) for code, step in in_order()]

    # ── before the months ──

    @contextmanager
    def _making(self) -> Iterator[dict[str, Future[Made]]]:
        """Make the people of both provinces beside everything else."""
        self.say("Làm dân cư tổng hợp · making synthetic people")
        plans = {"01": groups.hanoi(self.scale), "15": groups.lao_cai(self.scale)}
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            yield {
                code: pool.submit(
                    province_folder,
                    plan,
                    STEPS[code],
                    self.folder,
                    seed=SEED,
                    until=self.at.astimezone(HERE).date(),
                )
                for code, plan in plans.items()
            }

    def _map(self) -> None:
        if not Unit.objects.exists():
            self.say("Nạp đơn vị hành chính · loading units")
            map_.load_units()

    def _cast(self) -> None:
        """Open the accounts of the story's officers: who prepares and who approves, in each province."""
        today = dt.date(2026, 11, 1)
        here = {unit.full_name: unit for unit in geography.descendants(self._unit("01", today), on=today)}
        cast = accounts.ensure_cast(
            at=self.at,
            commune=here[COMMUNE],
            neighbour=here[NEIGHBOUR],
            province=self._unit("01", today),
            password=PASSWORD,
        )
        # With whom Bình asks for files, and is asked for them.
        next_door = accounts.ensure_account(
            at=self.at, username="uyen", full_name="Đỗ Thị Uyên", role=Role.OFFICER, unit=here[NEIGHBOUR],
            password=PASSWORD,
        )  # fmt: skip
        self.officers["01"] = (cast.phuc, cast.hanh)
        lao_cai = self._unit("15", today)
        self.officers["15"] = tuple(  # type: ignore[assignment]
            accounts.ensure_account(
                at=self.at, username=name, full_name=full, role=role, unit=lao_cai, password=PASSWORD
            )
            for name, full, role in (
                ("phuc.laocai", "Vàng Thị Phúc", Role.PAYMASTER),
                ("hanh.laocai", "Hoàng Văn Hạnh", Role.DEPARTMENT),
            )
        )
        self.users = [*cast.all(), next_door, *self.officers["15"]]

    def _unit(self, code: str, on: dt.date) -> Unit:
        return geography.unit(code=code, on=on)

    def _load(self, code: str) -> None:
        """Load the register, take over who receives already, open the account."""
        opens = STEPS[code][0].month
        unit = self._unit(code, opens.first)
        if Account.objects.filter(unit=unit).exists():
            return
        name, directory = PROVINCES[code], self.made[code].register
        prepares, approves = self.officers[code]

        def say(words: str) -> None:
            self.say(f"{name}: {words}")

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

    def _step(self, code: str, step: Step) -> Told:
        """Run one month: determine, review, adopt, settle what lies before, prepare, approve."""
        months = (step.month, *step.also)
        unit = self._unit(code, step.month.first)
        if done := self._done(code, step, unit):
            return done
        started = time.perf_counter()
        name = f"{PROVINCES[code]} {_text(months)}"
        told = self._told(code, step) or Told(PROVINCES[code], _text(months), step.on.isoformat())
        told.expected = next(e for e in self.made[code].expected if e["month"] == str(step.month))
        self._follow_merger(code, step, unit, name)
        runs = self._determine(code, step, unit, name)
        if not told.review:  # of a month begun before, it shows only what was left
            self._review(code, step, runs[-1], unit, told)
            self._keep(code, step, told)
        self.say(f"{name}: ra quyết định theo rà soát · adopting")
        grants.adopt_changes(
            unit=unit,
            runs=runs,
            decided_on=step.on,
            at=_at(step.on, 9),
            by=self.officers[code][1],
            signer_name=SIGNER,
        )
        if step is STEPS[code][-1]:  # of earlier months nobody asks any more what stood open
            grants.count_open(run=runs[-1], at=_at(step.on, 9))
        self._settle(code, step, unit, name)
        summary = self._pay(code, step, unit, months, name)
        told.seconds = round(time.perf_counter() - started, 1)
        _fill(told, summary)
        self._keep(code, step, told)
        return told

    def _follow_merger(self, code: str, step: Step, unit: Unit, name: str) -> None:
        """From July 2025 the communes are competent."""
        if code == "01" and step.month == Month(2025, 7):
            self.say(f"{name}: chuyển hồ sơ từ huyện về xã · following the merger")
            moved = grants.follow_merger(
                unit=unit, on=step.month.first, at=_at(step.on, 8), by=self.officers[code][1]
            )
            self.say(f"{name}: {moved.grants:,} quyết định, {moved.unconfirmed:,} chờ xác nhận xã")

    def _determine(self, code: str, step: Step, unit: Unit, name: str) -> list[Run]:
        asked = list(Month.range(step.since or step.month, step.month))
        runs = []
        for month in asked:
            self.say(f"{name}: hỏi luật tháng {month.vietnamese()} · asking the law")
            runs.append(
                grants.ask_law(
                    unit=unit, month=month, on=step.on, at=_at(step.on, 8), by=self.officers[code][1]
                )
            )
        return runs

    def _review(self, code: str, step: Step, run: Run, unit: Unit, told: Told) -> None:
        """Compare the law with what is paid, and the differences with those that must be there."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"select p.key, d.slot, d.kind from ({granted.differences_sql(run, unit)}) d "
                "join registry_person p on p.id = d.person_id"
            )
            found = set(cursor.fetchall())
        wanted = self.made[code].review(step.month)
        told.review = dict(Counter(kind for _, _, kind in found))
        told.missed, told.extra = len(wanted - found), len(found - wanted)
        truths = self.made[code].truths().filter(_column("month") == str(step.month))
        people = {key for key, _, _ in found}
        for (error,), rows in truths.group_by(["error"]):
            keys = set(rows["person_key"])
            if error != "DUPLICATE":
                told.errors[str(error)] = [len(keys & people), len(keys)]

    def _settle(self, code: str, step: Step, unit: Unit, name: str) -> None:
        months = settled_before(code, step)
        if not months or Settlement.objects.filter(unit=unit, months__contains=months[0].first).exists():
            return
        between = f"{months[0].vietnamese()}–{months[-1].vietnamese()}"
        self.say(f"{name}: quyết toán gộp {between} · settling the months between")
        payments.settle(
            unit=unit,
            months=months,
            basis="Dữ liệu minh hoạ: các tháng giữa hai lần chạy, đã chi ngoài hệ thống",
            by=self.officers[code][1],
            at=_at(step.on, 10),
        )

    def _pay(self, code: str, step: Step, unit: Unit, months: tuple[Month, ...], name: str) -> Summary:
        prepares, approves = self.officers[code]
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

    # ── where to look ──

    def pages(self) -> list[tuple[str, str]]:
        """Addresses worth opening: words and path."""
        found = [
            ("Trang chủ · home", reverse("desk:home")),
            (
                "Chi trả 01+02/2024 của Hà Nội",
                reverse("payments:period", kwargs={"key": "2024-01..2024-02"}),
            ),
            (
                "Chi trả 10/2026, có truy lĩnh · with arrears",
                reverse("payments:period", kwargs={"key": "2026-10..2026-10"}),
            ),
            ("Luật đang có hiệu lực · the law in force", reverse("portal:law")),
            ("Luật đã thay đổi gì · what changed", reverse("portal:changes")),
        ]
        for person, name, category in self._mai():
            label = categories()[category].label
            found.append((f"{name} ({label})", reverse("desk:person", args=[person])))
        return found

    def _mai(self) -> list[tuple[int, str, str]]:
        """Some of those whom Bình's commune helps: poor elders first, then the extremely severe."""
        month = STEPS["01"][-1].month
        commune = self.users[0].unit
        assert commune is not None
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                select p.id, p.name, g.category from ({granted.running_sql(commune, month)}) r
                join grants_grant g on g.id = r.grant_id and g.slot = 'OWN_INCOME'
                join registry_person p on p.id = g.person_id
                where g.category not in ('C3', 'C8')
                order by (g.category = 'C5A') desc, (g.category = 'C6X') desc, p.key collate "C" limit 3"""
            )
            return list(cursor.fetchall())

    # ── what was told before ──

    def _done(self, code: str, step: Step, unit: Unit) -> Told | None:
        """Return the row of a month that is approved already."""
        try:
            summary = paid.summary(unit, (step.month, *step.also))
        except Refusal:
            return None
        if summary.status != "APPROVED":
            return None
        told = self._told(code, step)
        if told is None or told.hash != summary.hash:  # told of another database
            told = Told(PROVINCES[code], _text((step.month, *step.also)), step.on.isoformat())
        _fill(told, summary)
        return told

    def _told(self, code: str, step: Step) -> Told | None:
        path = self._path(code, step)
        return Told(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def _keep(self, code: str, step: Step, told: Told) -> None:
        path = self._path(code, step)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(told), ensure_ascii=False), encoding="utf-8")

    def _path(self, code: str, step: Step) -> Path:
        return self.folder / "told" / f"{code}-{step.month}.json"


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


def _column(name: str) -> Any:
    import polars as pl

    return pl.col(name)
