"""The screens of the review: what differs, whom a decision is about, what waits for a signature."""
