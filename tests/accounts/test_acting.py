"""A command acts as an officer within their rights and territory, or as the operator of the system."""

import click
import pytest
from click.testing import CliRunner

from ansinh.accounts import queries
from ansinh.accounts.logic import Right
from ansinh.accounts.operations import Cast
from ansinh.kernel.refusal import Refusal
from config.commands import ansinh
from tests.cast import TODAY, commune, neighbour, province


def test_a_command_obeys_right_and_territory(cast: Cast) -> None:
    assert queries.acting("chau", Right.SIGN_DECISION, unit=commune(), on=TODAY) == cast.chau
    assert queries.acting("hanh", Right.APPROVE_PAYROLL, unit=province(), on=TODAY) == cast.hanh
    with pytest.raises(Refusal, match="không có quyền ký quyết định"):
        queries.acting("binh", Right.SIGN_DECISION, unit=commune(), on=TODAY)
    for unit in (neighbour(), province(), None):
        with pytest.raises(Refusal, match="không thuộc địa bàn"):
            queries.acting("chau", Right.SIGN_DECISION, unit=unit, on=TODAY)
    with pytest.raises(Refusal, match="Không có tài khoản"):
        queries.acting("nobody", Right.SIGN_DECISION, unit=commune(), on=TODAY)
    assert queries.acting(None, Right.SIGN_DECISION, unit=commune(), on=TODAY) is None


@pytest.mark.parametrize(
    ("words", "user", "wrong"),
    [
        ("determine --unit 00004 --month 2026-10", "giang", "không có quyền"),
        ("determine --unit 00004 --month 2026-10", "dung", "không thuộc địa bàn"),
        ("grants review --unit 00004 --month 2026-10", "dung", "không thuộc địa bàn"),
        (
            "grants adopt-changes --unit 00004 --month 2026-10 --decided-on 2026-10-06 --signer X",
            "binh",
            "quyền",
        ),
        ("grants follow-merger --unit 01 --on 2025-07-01", "chau", "không thuộc địa bàn"),
        ("payroll prepare --unit 01 --month 2026-10", "hanh", "không có quyền"),
        ("payroll approve --unit 01 --month 2026-10", "phuc", "không có quyền"),
        ("payroll show --unit 00004 --month 2026-10", "dung", "không thuộc địa bàn"),
        ("payroll export --unit 00004 --month 2026-10", "quantri", "không có quyền"),
        ("register doubles --unit 00004", "giang", "không có quyền"),
        ("simulate --unit 00008 --month 2026-11 --set standard_vnd=700000", "chau", "không thuộc địa bàn"),
        ("simulate --unit 00004 --month 2026-11 --set standard_vnd=700000", "binh", "không có quyền"),
        ("import register README.md --unit 00004", "chau", "không có quyền"),
        ("import register README.md --unit 00008", "binh", "không thuộc địa bàn"),
    ],
)
def test_every_command_about_people_refuses_the_wrong_officer(
    cast: Cast, words: str, user: str, wrong: str
) -> None:
    told = CliRunner().invoke(ansinh, [*words.split(), "--as", user])
    assert isinstance(told.exception, Refusal)
    assert wrong in told.exception.message


@pytest.mark.parametrize("name", ["determine", "grants", "payroll", "register", "import", "simulate"])
def test_every_command_about_people_can_be_told_as_whom(name: str) -> None:
    command = ansinh.get_command(click.Context(ansinh), name)
    assert command is not None
    leaves = command.commands.values() if isinstance(command, click.Group) else [command]
    assert [leaf.name for leaf in leaves if not any("--as" in option.opts for option in leaf.params)] == []
