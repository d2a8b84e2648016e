"""Who opened whose file is written down once, and can be told."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction

from ansinh.accounts import operations as accounts
from ansinh.accounts import queries
from ansinh.accounts.logic import ReadPage
from ansinh.accounts.operations import Cast
from tests.cast import AT


def read(
    by: str, cast: Cast, person: int = 17, page: ReadPage = ReadPage.FILE, minutes: int = 0, reason: str = ""
) -> None:
    at = AT + dt.timedelta(minutes=minutes)
    accounts.record_read(at=at, who=getattr(cast, by), person_id=person, page=page, reason=reason)


def test_every_opening_is_told_with_who_for_whom_and_when(cast: Cast) -> None:
    read("binh", cast)
    read("giang", cast, page=ReadPage.WHY, minutes=5)
    read("binh", cast, person=18)
    told = queries.reads_of(17).lines
    assert [(line.who, line.page, line.at) for line in told] == [
        ("Đỗ Hương Giang", "vì sao được hưởng", AT + dt.timedelta(minutes=5)),
        ("Nguyễn Văn Bình", "hồ sơ", AT),
    ]
    assert told[1].title == "Công chức văn hoá – xã hội"
    assert told[1].unit == "Phường Ba Đình"


def test_a_much_read_file_is_told_page_by_page(cast: Cast) -> None:
    for minute in range(5):
        read("binh", cast, minutes=minute)
    first = queries.reads_of(17, limit=3)
    rest = queries.reads_of(17, limit=3, before=first.before)
    assert [len(first.lines), len(rest.lines), rest.before] == [3, 2, 0]
    assert [line.at for line in (*first.lines, *rest.lines)] == [
        AT + dt.timedelta(minutes=minute) for minute in (4, 3, 2, 1, 0)
    ]


def test_reasons_are_told_only_where_asked_for(cast: Cast) -> None:
    """What an officer typed may itself say what is sensitive."""
    read("binh", cast, page=ReadPage.SENSITIVE, reason="Đơn ngày 02/10/2026")
    assert [line.reason for line in queries.reads_of(17).lines] == [""]
    assert [line.reason for line in queries.reads_of(17, reasons=True).lines] == ["Đơn ngày 02/10/2026"]


@pytest.mark.parametrize(
    "statement",
    ["update accounts_read set reason = ''", "delete from accounts_read", "truncate accounts_read"],
)
def test_a_reading_cannot_be_changed_or_deleted_by_the_application(cast: Cast, statement: str) -> None:
    read("binh", cast)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
