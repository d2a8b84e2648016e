"""Everything that can happen to the register (đối tượng, hộ, dữ kiện)."""

from ansinh.registry.operations.attaching import LARGEST, attach, place_of
from ansinh.registry.operations.confirming import confirm_communes
from ansinh.registry.operations.crowding import Crowd, take_crowd
from ansinh.registry.operations.doubles import Elsewhere, Met, check_entry, find_doubles
from ansinh.registry.operations.entering import ENTERING, Newcomer, enter_person, village_of
from ansinh.registry.operations.entries import keep_document
from ansinh.registry.operations.families import record_birth, record_carer, record_marriage, record_parent
from ansinh.registry.operations.framing import make_frame
from ansinh.registry.operations.households import (
    change_head,
    join_household,
    merge_households,
    move_household,
    move_people,
)
from ansinh.registry.operations.listing import enter_list, withdraw_list
from ansinh.registry.operations.loading import Loaded, grants_of, load_register
from ansinh.registry.operations.merging import MERGING, merge, unmerge
from ansinh.registry.operations.pairs import (
    propose_double,
    say_different,
    take_back_different,
    withdraw_double,
)
from ansinh.registry.operations.recording import (
    confirm_commune,
    correct_fact,
    record_death,
    record_fact,
    record_facts,
    record_household_fact,
    undo_death,
)
from ansinh.registry.operations.restating import restate_households, take_back_restating
from ansinh.registry.operations.sweeping import sweep
from ansinh.registry.operations.transferring import (
    accept_transfer,
    ask_transfer,
    decline_transfer,
    withdraw_transfer,
)
from ansinh.registry.operations.undoing import undo_entry

__all__ = [
    "ENTERING",
    "LARGEST",
    "MERGING",
    "Crowd",
    "Elsewhere",
    "Loaded",
    "Met",
    "Newcomer",
    "accept_transfer",
    "ask_transfer",
    "attach",
    "change_head",
    "check_entry",
    "confirm_commune",
    "confirm_communes",
    "correct_fact",
    "decline_transfer",
    "enter_list",
    "enter_person",
    "find_doubles",
    "grants_of",
    "join_household",
    "keep_document",
    "load_register",
    "make_frame",
    "merge",
    "merge_households",
    "move_household",
    "move_people",
    "place_of",
    "propose_double",
    "record_birth",
    "record_carer",
    "record_death",
    "record_fact",
    "record_facts",
    "record_household_fact",
    "record_marriage",
    "record_parent",
    "restate_households",
    "say_different",
    "sweep",
    "take_back_different",
    "take_back_restating",
    "take_crowd",
    "undo_death",
    "undo_entry",
    "unmerge",
    "village_of",
    "withdraw_double",
    "withdraw_list",
    "withdraw_transfer",
]
