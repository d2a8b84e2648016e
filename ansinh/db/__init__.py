"""What every room needs of PostgreSQL: the private cluster, bulk copy, locks, constraints that speak."""
