"""The screens of accounts: the door, the trail, rights and delegations, one's own keys."""
