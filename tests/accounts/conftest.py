"""The village of tests/desk, for the pages of accounts."""

from tests.desk.conftest import village, village_database

__all__ = ["village", "village_database"]
