"""The tables of the room: decisions with all they gave, and decisions asked for (các bảng của quyết định)."""

from ansinh.grants.models.decisions import (
    Decision,
    DecisionItem,
    Grant,
    Handover,
    Hold,
    Holding,
    LegalGround,
    Level,
    Recipient,
    RecordedNow,
    Recovery,
    Tally,
)
from ansinh.grants.models.proposals import Proposal, ProposalEvent, ProposalItem

__all__ = [
    "Decision",
    "DecisionItem",
    "Grant",
    "Handover",
    "Hold",
    "Holding",
    "LegalGround",
    "Level",
    "Proposal",
    "ProposalEvent",
    "ProposalItem",
    "Recipient",
    "RecordedNow",
    "Recovery",
    "Tally",
]
