"""Who works here, where each may look, what was done and who read whom (tài khoản, địa bàn, nhật ký)."""

from ansinh.accounts.queries.reads import Reading, Readings, reads_of
from ansinh.accounts.queries.rights import RoleRights, roles
from ansinh.accounts.queries.territory import accounts, in_territory, territory, user
from ansinh.accounts.queries.trail import ACTION_LABELS, TRAIL_PAGE, Doing, Trail, trail

__all__ = [
    "ACTION_LABELS",
    "TRAIL_PAGE",
    "Doing",
    "Reading",
    "Readings",
    "RoleRights",
    "Trail",
    "accounts",
    "in_territory",
    "reads_of",
    "roles",
    "territory",
    "trail",
    "user",
]
