"""The only place that reads the clock; views and commands read it here and pass it down as an argument."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present instant, aware."""
    return timezone.now()


def today() -> date:
    """The present day in Viet Nam."""
    return timezone.localdate()
