"""The `ansinh` command: every room's commands gathered in one place.

A room offers commands by a list `COMMANDS` of click commands and groups in its `commands.py`, and by its
names in the table below. Groups of the same name from several rooms become one. Only the rooms that offer
the command asked for are imported, so a command without database starts at once.
"""

import os
import sys
from importlib import import_module

import click

ROOMS_OF: dict[str, tuple[str, ...]] = {
    "db": ("ansinh.db",),
    "migrate": ("ansinh.db",),
    "law": ("ansinh.rulebook",),
    "load": ("ansinh.geography", "ansinh.registry"),
    "register": ("ansinh.registry",),
    "assess": ("ansinh.determinations",),
    "screen": ("ansinh.determinations",),
    "determine": ("ansinh.grants",),
    "grants": ("ansinh.grants",),
    "payroll": ("ansinh.payments",),
    "import": ("ansinh.imports",),
    "simulate": ("ansinh.simulations",),
    "serve": ("ansinh.web",),
    "work": ("ansinh.db",),
    "demo": ("demo",),
}


class Rooms(click.Group):
    """The commands of all rooms, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(ROOMS_OF)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = [
            command
            for room in ROOMS_OF.get(cmd_name, ())
            for command in import_module(f"{room}.commands").COMMANDS
            if command.name == cmd_name
        ]
        if len(found) < 2:
            return found[0] if found else None
        return _merged(found)


def _merged(groups: list[click.Command]) -> click.Group:
    """One group with the commands of several of the same name; the first one's help."""
    merged = click.Group(groups[0].name, help=groups[0].help)
    for group in groups:
        if not isinstance(group, click.Group):
            raise TypeError(f"two rooms offer the command {group.name!r}, and it is not a group in both")
        merged.commands.update(group.commands)
    return merged


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def ansinh() -> None:
    """AnSinh: quản lý đối tượng và chi trả trợ giúp xã hội.

    AnSinh manages social assistance: the register, the law, decisions and payrolls.
    """


def main() -> None:
    """Run `ansinh`; a refusal is told as it stands, with exit status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from ansinh.kernel.refusal import Refusal

    try:
        ansinh()
    except Refusal as refusal:
        click.echo(f"{refusal.message}\n{refusal.basis}\n→ {refusal.remedy}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
