"""What happens to people, one file a thing (việc): its fields, its paper, its article, what it writes.

A new kind of event is one class in one of these files, named once in `EVENTS`.
"""

from ansinh.accounts.logic import Right
from ansinh.desk.events import families, households, lives, papers
from ansinh.desk.events.kinds import Doing, Event, EventForm
from ansinh.registry import operations as registry

EVENTS: tuple[Event, ...] = (
    lives.Death(),
    lives.Mistaken(),
    lives.Birth(),
    families.Marriage(),
    families.CarerTakenOn(),
    families.ParentGone(),
    papers.Disability(),
    papers.Poverty(),
    papers.Pension(),
    papers.School(),
    papers.Confidential(),
    households.Move(),
    households.Split(),
    households.Join(),
    households.Merge(),
    households.Head(),
)

BY_CODE = {event.code: event for event in EVENTS}
UNDONE_WITH: dict[str, tuple[Right, ...]] = {
    registry.MERGING: (Right.MERGE_PERSONS,),
    **{event.code: event.rights for event in EVENTS},
}
"""The rights that taking an entry back needs besides `KEEP_REGISTER`, by its event."""
SECRET = frozenset(event.code for event in EVENTS if Right.SEE_SENSITIVE in event.rights)
"""Of these nothing stands on a page that asks for no reason."""

__all__ = ["BY_CODE", "EVENTS", "SECRET", "UNDONE_WITH", "Doing", "Event", "EventForm"]
