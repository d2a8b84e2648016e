"""Simulations in the background: load, one operation (việc nền)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ansinh.simulations import operations
from ansinh.simulations.models import Simulation
from ansinh.web import clock


@app.task(name="ansinh.simulations.jobs.run")
def run(simulation_id: int) -> None:
    """Run a simulation; killed and started again it gives the same figures."""
    simulation = Simulation.objects.select_related("unit").get(pk=simulation_id)
    if simulation.state in (Simulation.State.WAITING, Simulation.State.RUNNING):
        operations.run(simulation=simulation, now=clock.now)


@app.periodic(cron="0 21 * * *")  # four in the morning in Viet Nam
@app.task(queueing_lock="simulations.make_ready")
def make_ready(timestamp: int) -> None:
    """Read the facts anew for what was tried lately, before anybody is at work."""
    operations.make_ready(now=clock.now)
