"""A list given back: with remarks, and as a report (tệp trả về)."""
