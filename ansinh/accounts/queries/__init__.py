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
from ansinh.accounts.queries.second_step import (
    Enrolment,
    SecondStepState,
    enrolment,
    needs_code,
    second_step_state,
    with_second_step,
)
from ansinh.accounts.queries.territory import accounts, in_territory, territory, user, user_by_key
from ansinh.accounts.queries.trail import ACTION_LABELS, TRAIL_PAGE, Doing, Trail, in_whose_name, trail

__all__ = [
    "ACTION_LABELS",
    "OPERATOR",
    "TRAIL_PAGE",
    "Changed",
    "DelegationRow",
    "Doing",
    "Enrolment",
    "Reading",
    "Readings",
    "RightRow",
    "SecondStepState",
    "Trail",
    "accounts",
    "acting",
    "behind",
    "changes_of",
    "colleagues",
    "count_reads",
    "delegation",
    "delegations",
    "enrolment",
    "in_territory",
    "in_whose_name",
    "is_operator",
    "matrix",
    "may",
    "needs_code",
    "reads_of",
    "rights_of",
    "second_step_state",
    "territory",
    "trail",
    "user",
    "user_by_key",
    "with_second_step",
]
