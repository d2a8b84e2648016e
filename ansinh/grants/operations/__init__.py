"""Everything that can happen to rights: taken over, adopted, suspended, moved, taken back (quyết định)."""

from ansinh.grants.operations.adoption import NUMBER, Adopted, adopt_changes
from ansinh.grants.operations.annulling import annul_list
from ansinh.grants.operations.asking import adopt_month, answers, ask_law, ask_month
from ansinh.grants.operations.holds import Signed, decide_recovery, name_recipient, resume, suspend
from ansinh.grants.operations.merger import Moved, follow_merger
from ansinh.grants.operations.moving import take_in
from ansinh.grants.operations.proposing import (
    return_proposal,
    sign_proposal,
    submit_proposal,
    withdraw_proposal,
)
from ansinh.grants.operations.take_over import Fault, ListRefused, TakenOver, take_over
from ansinh.grants.operations.tallies import count_open

__all__ = [
    "NUMBER",
    "Adopted",
    "Fault",
    "ListRefused",
    "Moved",
    "Signed",
    "TakenOver",
    "adopt_changes",
    "adopt_month",
    "annul_list",
    "answers",
    "ask_law",
    "ask_month",
    "count_open",
    "decide_recovery",
    "follow_merger",
    "name_recipient",
    "resume",
    "return_proposal",
    "sign_proposal",
    "submit_proposal",
    "suspend",
    "take_in",
    "take_over",
    "withdraw_proposal",
]
