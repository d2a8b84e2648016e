import datetime as dt

import pytest

from ansinh.kernel.refusal import Refusal
from ansinh.portal import queries
from ansinh.rulebook import law

OCTOBER = dt.date(2026, 10, 6)


def amounts(on: dt.date, province: str) -> dict[str, int]:
    shown = queries.law_in_force(on=on, province=province)
    return {standard.label: standard.vnd for standard in shown.standards}


def test_the_same_month_reads_differently_before_and_after_the_decree_is_in_force() -> None:
    national = "Trợ cấp, hỗ trợ tại cộng đồng"
    assert amounts(dt.date(2026, 9, 15), "")[national] == 500_000
    assert amounts(OCTOBER, "")[national] == 540_000


def test_a_province_may_pay_more_and_its_resolution_is_named() -> None:
    shown = queries.law_in_force(on=OCTOBER, province="01")
    assert shown.standards[0].vnd == 650_000
    assert any(cite in str(shown.standards[0].cites) for cite in ("63/2025",))
    assert any("63/2025" in instrument.number for instrument in shown.instruments)


def test_what_changed_is_told_with_its_article() -> None:
    told = queries.changes(since=dt.date(2026, 9, 15), until=OCTOBER, province="")
    assert [i.number for i in told.came] == ["335/2026/NĐ-CP"]
    assert ("500.000 đồng", "540.000 đồng") in {(c.before, c.after) for c in told.standards}
    assert all(change.cites for change in (*told.standards, *told.groups))


def test_between_a_day_and_itself_nothing_changed() -> None:
    told = queries.changes(since=OCTOBER, until=OCTOBER, province="15")
    assert (told.came, told.went, told.standards, told.groups) == ((), (), (), ())


def test_a_code_nobody_bears_is_refused() -> None:
    with pytest.raises(Refusal):
        queries.law_in_force(on=OCTOBER, province="99")


def test_every_provision_of_every_instrument_is_shown() -> None:
    for instrument in law.load().instruments:
        read = queries.provisions(instrument)
        assert len(read) == len(instrument.provisions) and queries.instrument(instrument.name) is instrument
