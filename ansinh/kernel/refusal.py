"""The one anticipated exception."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """What was refused and why, by which article, and what to do next (từ chối), in Vietnamese."""

    def __init__(self, message: str, basis: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.basis = basis
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.message]
        if self.basis:
            parts.append(f"Căn cứ: {self.basis}.")
        if self.remedy:
            parts.append(f"Cách xử lý: {self.remedy}")
        return " ".join(parts)
