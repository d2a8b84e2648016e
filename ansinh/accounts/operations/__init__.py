"""Everything that happens to accounts, and the one way into the trail (tài khoản, nhật ký)."""

from ansinh.accounts.operations.acting import act_as
from ansinh.accounts.operations.delegations import delegate, revoke
from ansinh.accounts.operations.doors import change_password, verify, verify_code
from ansinh.accounts.operations.people import Cast, ensure_account, ensure_cast
from ansinh.accounts.operations.second_step import (
    begin_second_step,
    confirm_second_step,
    end_second_step,
    reset_second_step,
)
from ansinh.accounts.operations.submissions import claim
from ansinh.accounts.operations.trail import record, record_read

__all__ = [
    "Cast",
    "act_as",
    "begin_second_step",
    "change_password",
    "claim",
    "confirm_second_step",
    "delegate",
    "end_second_step",
    "ensure_account",
    "ensure_cast",
    "record",
    "record_read",
    "reset_second_step",
    "revoke",
    "verify",
    "verify_code",
]
