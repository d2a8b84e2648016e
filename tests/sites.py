"""Pointing this process at another database, and running the site on one."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pointed_at(url: str) -> Iterator[None]:
    """Both aliases of this process lead to another database, and commands start none of their own."""
    from django.conf import settings
    from django.db import connections

    from config.settings import database

    own_cluster, settings.PRIVATE_CLUSTER = settings.PRIVATE_CLUSTER, None
    before = {}
    for alias in connections:
        connection = connections[alias]
        connection.close()
        before[alias] = dict(connection.settings_dict)
        target = database(url, {})
        connection.settings_dict.update(
            {key: target[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        )
    try:
        yield
    finally:
        settings.PRIVATE_CLUSTER = own_cluster
        for alias, address in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(address)


@contextmanager
def serving(url: str) -> Iterator[str]:
    """A running site (`ansinh serve`) on a database; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.commands", "serve", "--port", str(port)],
            env={**os.environ, "DATABASE_URL": url},
            stderr=said,
        )
        try:
            if not _answers(address, process):
                said.seek(0)
                raise AssertionError(f"the site did not start: {said.read().decode()}")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return True
        except urllib.error.HTTPError as answer:
            answer.close()
            return True
        except OSError:
            time.sleep(0.1)
    return False
