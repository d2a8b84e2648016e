"""Background jobs are done by a worker, and done again when a worker was killed over them."""

from contextlib import suppress

import psycopg
from django.db import connection
from procrastinate.exceptions import AlreadyEnqueued

from ansinh.db import bulk
from ansinh.db.private import Cluster
from tests import databases


def status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select status::text from procrastinate_jobs where id = %s", [job])
        (word,) = cursor.fetchone()
    return str(word)


def test_a_job_half_done_by_a_killed_worker_is_done_anew(committing: str) -> None:
    from procrastinate.contrib.django import app

    job = app.configure_task("builtin:procrastinate.builtin_tasks.remove_old_jobs").defer(max_hours=1)
    bulk.run(
        "insert into procrastinate_workers (last_heartbeat) values (clock_timestamp() - interval '1 hour')"
    )
    bulk.run(
        "update procrastinate_jobs set status = 'doing', worker_id = (select id from procrastinate_workers)"
        " where id = %s",
        [job],
    )
    with suppress(AlreadyEnqueued):  # a worker does so each minute by itself
        app.configure_task("ansinh.db.jobs.retry_stalled", queueing_lock="retry_stalled").defer(timestamp=0)
    databases.command("work", "--once", url=committing)  # starts it anew
    databases.command("work", "--once", url=committing)  # does it, if that was after the first had looked
    assert status(job) == "succeeded"


def test_a_server_of_ones_own_survives_its_death(own_cluster: Cluster) -> None:
    with psycopg.connect(own_cluster.url()) as connection:
        connection.execute("create table kept as select 1 as n")
    databases.kill(own_cluster)
    own_cluster.start()
    with psycopg.connect(own_cluster.url()) as connection:
        assert connection.execute("select n from kept").fetchone() == (1,)
        assert connection.execute("select count(*) > 10000 from geography_unit").fetchone() == (True,)
