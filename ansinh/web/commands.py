"""The command that serves the site."""

import os

import click

from ansinh.db.commands import start_private


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe. · Address to listen on."
)
@click.option("--port", default=8000, show_default=True, help="Cổng. · Port.")
@click.option("--threads", default=8, show_default=True, help="Số luồng. · Threads.")
def serve(host: str, port: int, threads: int) -> None:
    """Chạy trang web tại http://localhost:8000.

    Serve the site (waitress) with compressed static files.
    """
    os.environ["ANSINH_COLLECTED"] = "1"
    start_private()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    call_command("collectstatic", interactive=False, verbosity=0)

    import waitress

    click.echo(f"AnSinh: http://{'localhost' if host == '127.0.0.1' else host}:{port}", err=True)
    waitress.serve(application, host=host, port=port, threads=threads)


COMMANDS: list[click.Command] = [serve]
