"""Two officers at the same moment: one person entered, one request for a file open, one word of a pair."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from ansinh.accounts.operations import Cast
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.registry.models import Double, Opinion, Person, Transfer
from ansinh.registry.operations import Met, Newcomer
from tests import cast as people

BORN = dt.date(1941, 5, 6)
THU = Newcomer("Đinh Thị Thu", "F", BORN, "D")
SINCE = dt.date(2026, 9, 1)


def at_once(*doing: Callable[[], object]) -> list[str]:
    """Do several things at the same moment; what was refused."""
    refused: list[str] = []
    ready = threading.Barrier(len(doing))

    def do(one: Callable[[], object]) -> None:
        try:
            ready.wait(30)
            one()
        except Refusal as refusal:
            refused.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(one,)) for one in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def enter(cast: Cast, unit: Unit, who: Newcomer = THU) -> Person:
    """Enter somebody of whom the country was asked, and who was not there yet."""
    return registry.enter_person(
        who=who, met=Met((), ()), unit=unit, village="Tổ 1", valid_from=SINCE, on=people.TODAY,
        by=cast.binh, at=people.AT,
    )  # fmt: skip


def test_two_clicks_at_once_enter_one_person(committing: str) -> None:
    cast, unit = people.make(), people.commune()
    refused = at_once(*[lambda: enter(cast, unit)] * 3)
    assert refused == ["Một người như vậy vừa được ghi vào sổ."] * 2
    assert Person.objects.count() == 1


def test_two_requests_at_once_leave_one_open(committing: str) -> None:
    cast, holder, to = people.make(), people.commune(), people.neighbour()
    thu = enter(cast, holder)

    def ask() -> Transfer:
        return registry.ask_transfer(
            person=thu, holder=holder, to=to, valid_from=SINCE, said={"name": "Thu"},
            reason="Về ở với con", document=registry.keep_document(kind="Giấy"), on=people.TODAY,
            by=cast.dung, at=people.AT,
        )  # fmt: skip

    refused = at_once(ask, ask, ask)
    assert refused == ["Đã có một yêu cầu chuyển hồ sơ của người này đang chờ trả lời."] * 2
    made = Transfer.objects.get()
    both = at_once(
        lambda: registry.accept_transfer(transfer=made, by=cast.binh, at=people.AT),
        lambda: registry.withdraw_transfer(transfer=made, reason="Xin nhầm", by=cast.dung, at=people.AT),
    )
    assert both == ["Yêu cầu này đã có trả lời."]
    registry.ask_transfer(
        person=thu, holder=holder, to=to, valid_from=SINCE, said={"name": "Thu"}, reason="Về ở với con",
        document=registry.keep_document(kind="Giấy"), on=people.TODAY, by=cast.dung, at=people.AT,
    )  # fmt: skip


def test_a_pair_said_to_be_two_at_that_moment_is_not_proposed(committing: str) -> None:
    """Who proposes waits for who decides, and reads what was decided."""
    cast, unit = people.make(), people.commune()
    thu, lan = enter(cast, unit), enter(cast, unit, Newcomer("Vũ Thị Lan", "F", dt.date(1972, 12, 1), "D"))
    said = threading.Event()

    def decide() -> None:
        try:
            with transaction.atomic():
                registry.say_different(one=thu, other=lan, reason="Hai chị em", by=cast.binh, at=people.AT)
                said.set()
                time.sleep(1)
        finally:
            connection.close()

    deciding = threading.Thread(target=decide)
    deciding.start()
    assert said.wait(30)
    with pytest.raises(Refusal, match="hai người khác nhau"):
        registry.propose_double(
            one=thu, other=lan, reason="Một người", on=people.TODAY, by=cast.hanh, at=people.AT
        )
    deciding.join()
    assert Double.objects.get().status == "DIFFERENT" and Opinion.objects.get().kind == "DIFFERENT"
