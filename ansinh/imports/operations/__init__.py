"""Everything that can happen to a list: received, checked, written, undone (nhập danh sách)."""

from ansinh.imports.operations.asking import ask_check, ask_commit, ask_undo, receive, steps_of
from ansinh.imports.operations.remembering import remember
from ansinh.imports.operations.renewing import renew_counts
from ansinh.imports.operations.settling import settle, unsettle
from ansinh.imports.operations.undoing import undo
from ansinh.imports.operations.working import check, commit

__all__ = [
    "ask_check",
    "ask_commit",
    "ask_undo",
    "check",
    "commit",
    "receive",
    "remember",
    "renew_counts",
    "settle",
    "steps_of",
    "undo",
    "unsettle",
]
