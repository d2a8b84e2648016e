"""Commands of the database: start, stop, status, migrate; and what every command that needs it wears."""

import functools
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import ParamSpec, TypeVar

import click

AS_USER = click.option(
    "--as",
    "--by",
    "username",
    help="Làm với tư cách cán bộ này, trong quyền và địa bàn của họ; không nêu: người vận hành hệ thống. "
    "· Act as this officer, within their rights and territory; without: the operator of the system.",
)
P = ParamSpec("P")
R = TypeVar("R")


def needs_database(command: Callable[P, R]) -> Callable[P, R]:
    """Have a command start the private PostgreSQL if it is down (and say so) and set Django up first.

    Under it the command's body may import its room's models, queries and operations; at the top of a
    `commands.py` they must not be imported, so that `ansinh --help` and commands without database are quick.
    """

    @functools.wraps(command)
    def prepared(*args: P.args, **kwargs: P.kwargs) -> R:
        start_private()
        import django

        django.setup()
        return command(*args, **kwargs)

    return prepared


def start_private() -> None:
    """Start the private PostgreSQL unless DATABASE_URL names a server; say so on stderr when it was down."""
    from django.conf import settings

    if settings.PRIVATE_CLUSTER and settings.PRIVATE_CLUSTER.start():
        click.echo(
            f"PostgreSQL riêng đã khởi động · private PostgreSQL started: {settings.DATABASE_URL}", err=True
        )


@click.group()
def db() -> None:
    """Cơ sở dữ liệu riêng: khởi động, dừng, tình trạng.

    The private PostgreSQL: start, stop, status. With DATABASE_URL set there is none, and nothing to do.
    """


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
def start(as_json: bool) -> None:
    """Khởi động PostgreSQL riêng (lập mới nếu chưa có). · Start it, making it first if needed."""
    start_private()
    _tell(as_json)


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
def stop(as_json: bool) -> None:
    """Dừng PostgreSQL riêng. · Stop it."""
    from django.conf import settings

    if settings.PRIVATE_CLUSTER:
        settings.PRIVATE_CLUSTER.stop()
    _tell(as_json)


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
def status(as_json: bool) -> None:
    """Tình trạng PostgreSQL riêng. · Whether it runs, where, and which PostgreSQL it is."""
    _tell(as_json)


def _tell(as_json: bool) -> None:
    from django.conf import settings

    if settings.PRIVATE_CLUSTER is None:
        told: dict[str, object] = {"private": False}
        words = "Đang dùng máy chủ của DATABASE_URL. · DATABASE_URL names a server; there is no private one."
    else:
        state = settings.PRIVATE_CLUSTER.status()
        told = {"private": True, **asdict(state)}
        made = f"PostgreSQL {state.version} ({state.kind})" if state.version else "chưa lập · not made yet"
        words = f"{'đang chạy · running' if state.running else 'đã dừng · stopped'}: {made}\n{state.url}"
    click.echo(json.dumps(told) if as_json else words)


@click.command()
@needs_database
def migrate() -> None:
    """Lập hoặc nâng cấp các bảng (bằng vai trò chủ sở hữu).

    Make or upgrade the tables, as the owner role. Safe to repeat.
    """
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=0)
    click.echo("Các bảng đã sẵn sàng · tables are ready", err=True)


@click.command()
@click.option("--once", is_flag=True, help="Làm hết việc đang chờ rồi thôi. · Do what is waiting, then end.")
@click.option("--until-closed", is_flag=True, hidden=True, help="End when standard input closes.")
@needs_database
def work(once: bool, until_closed: bool) -> None:
    """Làm các việc chạy nền (lập danh sách chi, nhập tệp…).

    Do the jobs in the background; `ansinh serve` starts one worker by itself.
    """
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    if until_closed:
        threading.Thread(target=_end_when_closed, daemon=True).start()
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=not once, concurrency=1)


def _end_when_closed() -> None:
    """Whoever started this worker has ended, in whatever way."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


COMMANDS: list[click.Command] = [db, migrate, work]
