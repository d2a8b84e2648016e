"""Tries a policy on the real register before it is law (mô phỏng chính sách)."""
