"""Questions to the register (đối tượng, hộ, dữ kiện)."""

from ansinh.registry.queries.frame import facts_frame, make_frame
from ansinh.registry.queries.people import members, needs_confirmation, secrets_of, visible_to

__all__ = ["facts_frame", "make_frame", "members", "needs_confirmation", "secrets_of", "visible_to"]
