"""Jobs of the house itself. A room's jobs stand in its `jobs.py`: load, then one operation."""

import procrastinate
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
    """Start anew what a killed worker left half-way: every operation can be repeated with the same result."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await context.app.job_manager.retry_job(job)
