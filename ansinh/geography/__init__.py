"""Administrative units with their validity, and what became of them (đơn vị hành chính)."""
