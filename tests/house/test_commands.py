"""The `ansinh` command: every room's commands, told in two languages, and quick."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import click
import pytest

from config.commands import ROOMS_OF, ansinh
from tests.house.source import ROOMS, ROOT


def _all(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for part in command.list_commands(context):
            below = command.get_command(context, part)
            assert below is not None, f"{name} {part} is in the table but no room offers it"
            yield from _all(below, f"{name} {part}")
    yield name, command


def test_the_table_of_commands_is_what_the_rooms_offer() -> None:
    offered: dict[str, set[str]] = {}
    for room in (*(f"ansinh.{room}" for room in ROOMS), "demo"):
        if (ROOT / room.replace(".", "/") / "commands.py").exists():
            for command in import_module(f"{room}.commands").COMMANDS:
                offered.setdefault(command.name, set()).add(room)
    assert {name: set(rooms) for name, rooms in ROOMS_OF.items()} == offered


def test_every_command_explains_itself_in_vietnamese_and_english() -> None:
    short = [name for name, command in _all(ansinh, "ansinh") if not _in_two_languages(command.help or "")]
    assert short == []


def _in_two_languages(words: str) -> bool:
    first, _, rest = (
        words.strip().partition("\n\n") if "\n\n" in words.strip() else words.strip().partition(" · ")
    )
    return bool(rest.strip()) and not first.isascii() and len(first) > 5


def test_help_and_commands_without_database_do_not_wait_for_django() -> None:
    asked = "import sys, config.commands as c; c.ansinh(['--help'], standalone_mode=False); "
    asked += "sys.exit('django' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, check=False).returncode
        == 0
    )


def test_groups_of_one_name_from_two_rooms_become_one() -> None:
    from config.commands import _merged

    one, two = click.Group("load", help="Nạp"), click.Group("load")
    one.add_command(click.Command("units"))
    two.add_command(click.Command("register"))
    merged = _merged([one, two])
    assert sorted(merged.commands) == ["register", "units"]
    assert merged.help == "Nạp"
    with pytest.raises(TypeError, match="load"):
        _merged([one, click.Command("load")])


def test_a_refusal_is_told_without_a_traceback(tmp_path_factory: pytest.TempPathFactory) -> None:
    code = "import config.commands as c, click\nfrom ansinh.kernel.refusal import Refusal\n"
    code += "@c.ansinh.command()\ndef refuse(): raise Refusal('Không được.', 'Điều 4', 'Làm khác.')\n"
    code += "c.Rooms.get_command = click.Group.get_command\nc.main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "refuse"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "Không được.\nĐiều 4\n→ Làm khác.\n"
