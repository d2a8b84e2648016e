"""One checked condition, several ways to ask it: one person, PostgreSQL, Polars. All three-valued, all equal."""
