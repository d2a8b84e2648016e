"""The village of tests/desk, for the matrix of pages, roles and territories."""

from tests.desk.conftest import village, village_database

__all__ = ["village", "village_database"]
