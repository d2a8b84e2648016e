"""Background jobs are done by a worker, and done again when a worker was killed over them."""

from contextlib import suppress

from django.db import connection
from procrastinate.exceptions import AlreadyEnqueued

from ansinh.db import bulk
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
