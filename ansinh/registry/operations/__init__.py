"""Everything that can happen to the register (đối tượng, hộ, dữ kiện)."""

from ansinh.registry.operations.loading import Loaded, grants_of, load_register

__all__ = ["Loaded", "grants_of", "load_register"]
