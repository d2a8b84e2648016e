"""The story: two provinces loaded and led through their months, as officers would do it.

Every part of it may be interrupted at any moment and begun again: what is done is left as it is. All that is
written goes through the rooms' operations; the days are the story's own, not the clock's.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier, Event

import psycopg
from django.db import connection
from django.urls import reverse

from ansinh.accounts import operations as accounts
from ansinh.accounts.models import Role, User
from ansinh.geography import operations as map_
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import queries as granted
from ansinh.rulebook.categories import categories
from demo import groups
from demo.files import Made, province_folder
from demo.leading import HERE, Leader, Say, Told
from demo.months import SEED, STEPS, in_order

PROVINCES = {"01": "Hà Nội", "15": "Lào Cai"}
PASSWORD = "an-sinh-2026"
"""Of all demo accounts: there is nothing in the demo to protect."""
COMMUNE, NEIGHBOUR = "Phường Hà Đông", "Phường Dương Nội"
"""Where Bình and Châu work, and Dũng next door."""


class StoppedError(Exception):
    """The story was broken off, or the other province failed."""


class Story:
    """Leads both provinces through their months, side by side, as in life."""

    def __init__(self, *, scale: float, folder: Path, at: dt.datetime, say: Say) -> None:
        self.scale, self.at, self.say = scale, at, say
        self.folder = folder / f"{SEED}-{scale:g}"
        self.officers: dict[str, tuple[User, User]] = {}
        self.users: list[User] = []
        self._stopped = Event()
        # Whoever is loaded later is news to a province that has asked already, and searched through by it.
        self._loaded = Barrier(len(PROVINCES))
        self._at_work: list[psycopg.Connection] = []

    def tell(self) -> list[Told]:
        """Do whatever is not done yet, and return the whole table."""
        made = self._making()
        self._map()
        self._cast()
        with ThreadPoolExecutor(len(PROVINCES)) as pool:
            led = {code: pool.submit(self._lead, code, made[code]) for code in PROVINCES}
            try:
                _wait(set(led.values()))
            finally:
                self._stop()
        told = {code: iter(each.result()) for code, each in led.items()}
        return [next(told[code]) for code, _ in in_order()]

    def _lead(self, code: str, made: Future[Made]) -> list[Told]:
        """Lead one province, on a connection of its own."""
        connection.ensure_connection()
        self._at_work.append(connection.connection)
        leader = Leader(
            code=code,
            name=PROVINCES[code],
            made=made.result(),
            officers=self.officers[code],
            folder=self.folder,
            at=self.at,
            say=self._go_on,
        )
        try:
            leader.load()
            self._loaded.wait()
            return leader.tell()
        finally:
            self._at_work.remove(connection.connection)
            connection.close()

    def _go_on(self, words: str) -> None:
        if self._stopped.is_set():
            raise StoppedError
        self.say(words)

    def _stop(self) -> None:
        """Break off whoever is still at work, within a statement too: nothing is left half-done."""
        self._stopped.set()
        self._loaded.abort()
        for working in self._at_work.copy():
            working.cancel_safe()

    # ── before the months ──

    def _making(self) -> dict[str, Future[Made]]:
        """Make the people of both provinces beside everything else, in processes that end with it."""
        self.say("Làm dân cư tổng hợp · making synthetic people")
        plans = {"01": groups.hanoi(self.scale), "15": groups.lao_cai(self.scale)}
        pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
        made = {
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
        pool.shutdown(wait=False)
        return made

    def _map(self) -> None:
        if not Unit.objects.exists():
            self.say("Nạp đơn vị hành chính · loading units")
            map_.load_units()

    def _cast(self) -> None:
        """Open the accounts of the story's officers: who prepares and who approves, in each province."""
        today = dt.date(2026, 11, 1)
        hanoi, lao_cai = (geography.unit(code=code, on=today) for code in PROVINCES)
        here = {unit.full_name: unit for unit in geography.descendants(hanoi, on=today)}
        cast = accounts.ensure_cast(
            at=self.at,
            commune=here[COMMUNE],
            neighbour=here[NEIGHBOUR],
            province=hanoi,
            password=PASSWORD,
        )
        # With whom Bình asks for files, and is asked for them.
        next_door = accounts.ensure_account(
            at=self.at, username="uyen", full_name="Đỗ Thị Uyên", role=Role.OFFICER, unit=here[NEIGHBOUR],
            password=PASSWORD,
        )  # fmt: skip
        self.officers["01"] = (cast.phuc, cast.hanh)
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


def _wait(leading: set[Future[list[Told]]]) -> None:
    """Wait for all, or raise what the first one failed with."""
    while leading:
        # In short breaths: Polars has a handler of its own, so that Ctrl-C wakes nobody who waits for good.
        done, leading = wait(leading, timeout=0.5, return_when=FIRST_EXCEPTION)
        for each in done:
            each.result()
