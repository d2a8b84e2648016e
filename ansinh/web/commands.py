"""The command that serves the site."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ansinh.db.commands import start_private


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ. · Address.")
@click.option("--port", default=8000, show_default=True, help="Cổng. · Port.")
@click.option("--threads", default=8, show_default=True, help="Số luồng. · Threads.")
def serve(host: str, port: int, threads: int) -> None:
    """Chạy trang web tại http://localhost:8000.

    Serve the site (waitress) with compressed static files, and do its background jobs.
    """
    os.environ["ANSINH_COLLECTED"] = "1"
    start_private()
    import django
    import waitress
    from django.core.wsgi import get_wsgi_application

    django.setup()
    _collect_static()  # before the application is made: it looks once at what there is to serve
    application = get_wsgi_application()
    click.echo(f"AnSinh: http://{'localhost' if host == '127.0.0.1' else host}:{port}", err=True)
    with _worker():
        waitress.serve(application, host=host, port=port, threads=threads)


def _collect_static() -> None:
    """Collect and compress; one at a time, as several sites may be started from one clone."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    with root.with_name("static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def _worker() -> Iterator[None]:
    """A worker beside the site; it ends with the site, even when the site is killed (its input closes)."""
    command = [sys.executable, "-m", "config.commands", "work", "--until-closed"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as worker:
        try:
            yield
        finally:
            worker.terminate()


COMMANDS: list[click.Command] = [serve]
