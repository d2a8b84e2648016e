"""What can happen to simulations (mô phỏng): asked for, run, kept under a name."""

from ansinh.simulations.operations.asking import ask, keep, simulate
from ansinh.simulations.operations.running import make_ready, run

__all__ = ["ask", "keep", "make_ready", "run", "simulate"]
