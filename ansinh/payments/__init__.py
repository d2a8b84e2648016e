"""Payrolls and the account of every person and month (chi trả)."""
