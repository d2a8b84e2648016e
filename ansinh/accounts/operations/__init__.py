"""Everything that happens to accounts, and the one way into the trail (tài khoản, nhật ký)."""

from ansinh.accounts.operations.acting import act_as
from ansinh.accounts.operations.delegations import delegate, revoke
from ansinh.accounts.operations.doors import change_password, verify
from ansinh.accounts.operations.people import Cast, ensure_account, ensure_cast
from ansinh.accounts.operations.trail import record, record_read

__all__ = [
    "Cast",
    "act_as",
    "change_password",
    "delegate",
    "ensure_account",
    "ensure_cast",
    "record",
    "record_read",
    "revoke",
    "verify",
]
