"""One checked condition asked of one person, in PostgreSQL or in Polars: three-valued, all equal."""
