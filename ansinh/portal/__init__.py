"""What everybody may read without an account: the law in force and what changed (cổng thông tin)."""
