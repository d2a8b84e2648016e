"""Officers, what they may do and where, and the trail of what they did (tài khoản)."""
