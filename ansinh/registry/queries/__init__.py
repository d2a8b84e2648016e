"""Questions to the register (đối tượng, hộ, dữ kiện)."""

from ansinh.registry.queries.frame import facts_frame, make_frame

__all__ = ["facts_frame", "make_frame"]
