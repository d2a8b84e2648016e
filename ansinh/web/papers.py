"""What papers (PDF) have in common: letters that know Vietnamese, and their styles (văn bản in)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).parent / "fonts"


@cache
def load_fonts() -> None:
    """Make the letters known: Serif, Serif-Bold, Serif-Italic, Serif-BoldItalic."""
    faces = {
        "Serif": "Regular",
        "Serif-Bold": "Bold",
        "Serif-Italic": "Italic",
        "Serif-BoldItalic": "BoldItalic",
    }
    for name, file in faces.items():
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"LiberationSerif-{file}.ttf")))
    pdfmetrics.registerFontFamily("Serif", "Serif", "Serif-Bold", "Serif-Italic", "Serif-BoldItalic")


def style(size: float, *, face: str = "Serif", align: int = TA_CENTER) -> ParagraphStyle:
    """Return the style of a paragraph in letters of so many points."""
    return ParagraphStyle(
        f"{face}{size}{align}", fontName=face, fontSize=size, leading=size * 1.2, alignment=align
    )
