"""What is owed, by whom, to whom; what changed since; what the law would change (quyền hưởng, rà soát).

Questions of the size of a province are texts of SELECTs, to be put into a larger statement: nobody's month
leaves the database. They hold numbers and dates only, never what somebody typed, and no parameters. Instants
are SQL expressions of `timestamptz`: a constant or a column of the relation asked about.
"""

from ansinh.grants.queries.coming import Coming, coming, coming_counts, coming_sql
from ansinh.grants.queries.differences import differences_sql
from ansinh.grants.queries.moving import (
    Arrival,
    Departure,
    Incoming,
    arrivals,
    arrived,
    departures,
    first_month,
    handed_over,
    incoming,
    move_basis,
    signed_move,
    still_paid,
)
from ansinh.grants.queries.owed import (
    changed_since_sql,
    competent_sql,
    granted_sql,
    grants_held_by,
    handed_over_sql,
    held_sql,
    instant,
    level_sql,
    owed_sql,
    recipients_sql,
    residents_sql,
    running_sql,
    suspension_grounds,
)
from ansinh.grants.queries.review import (
    Filter,
    Key,
    Order,
    ReviewCount,
    ReviewLine,
    Side,
    latest_run,
    people_found,
    review,
    review_counts,
)
from ansinh.grants.queries.tallies import Open, newest_tallies, still_open, summed

__all__ = [
    "Arrival",
    "Coming",
    "Departure",
    "Filter",
    "Incoming",
    "Key",
    "Open",
    "Order",
    "ReviewCount",
    "ReviewLine",
    "Side",
    "arrivals",
    "arrived",
    "changed_since_sql",
    "coming",
    "coming_counts",
    "coming_sql",
    "competent_sql",
    "departures",
    "differences_sql",
    "first_month",
    "granted_sql",
    "grants_held_by",
    "handed_over",
    "handed_over_sql",
    "held_sql",
    "incoming",
    "instant",
    "latest_run",
    "level_sql",
    "move_basis",
    "newest_tallies",
    "owed_sql",
    "people_found",
    "recipients_sql",
    "residents_sql",
    "review",
    "review_counts",
    "running_sql",
    "signed_move",
    "still_open",
    "still_paid",
    "summed",
    "suspension_grounds",
]
