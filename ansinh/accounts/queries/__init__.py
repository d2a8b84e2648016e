"""Who works here, where each may look, what was done and who read whom (tài khoản, địa bàn, nhật ký)."""

from ansinh.accounts.queries.acting import OPERATOR, acting, is_operator
from ansinh.accounts.queries.changes import Changed, changes_of
from ansinh.accounts.queries.reads import Reading, Readings, count_reads, reads_of
from ansinh.accounts.queries.rights import (
    DelegationRow,
    RightRow,
    behind,
    colleagues,
    delegation,
    delegations,
    matrix,
    may,
    rights_of,
)
from ansinh.accounts.queries.territory import accounts, in_territory, territory, user
from ansinh.accounts.queries.trail import ACTION_LABELS, TRAIL_PAGE, Doing, Trail, in_whose_name, trail

__all__ = [
    "ACTION_LABELS",
    "OPERATOR",
    "TRAIL_PAGE",
    "Changed",
    "DelegationRow",
    "Doing",
    "Reading",
    "Readings",
    "RightRow",
    "Trail",
    "accounts",
    "acting",
    "behind",
    "changes_of",
    "colleagues",
    "count_reads",
    "delegation",
    "delegations",
    "in_territory",
    "in_whose_name",
    "is_operator",
    "matrix",
    "may",
    "reads_of",
    "rights_of",
    "territory",
    "trail",
    "user",
]
