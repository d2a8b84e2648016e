"""Asks the law about everyone of a unit and keeps the answers (xác định)."""
