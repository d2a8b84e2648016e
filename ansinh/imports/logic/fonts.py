"""Telling text typed in the fonts of before Unicode, TCVN3 (.VnTime) and VNI, which no code page repairs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ansinh.imports.logic.sheets import Sheet
from ansinh.kernel.refusal import Refusal

# Letters that TCVN3 shows as Vietnamese ones and that no Vietnamese word has.
_TCVN3 = re.compile(r"[a-zA-Z][µ¸¶·¹¨»¾¼½©®ª«¬×÷ÞþßÆ]|[µ¸¶·¹¨»¾¼½©®ª«¬×÷ÞþßÆ][a-zA-Z]")
# VNI writes a tone after its vowel as a letter of its own.
_VNI = re.compile(r"[aeouyAEOUYöôÖÔ][øûïåäüëØÛÏÅÄÜË]|[oO]ñ|ñ[aeiouöôAEIOUÖÔ]|öô|ÖÔ")
_ENOUGH = 3


def refuse_old_fonts(name: str, sheets: Iterable[Sheet]) -> None:
    """Refuse a file in TCVN3 or VNI: its letters would come in as garbage (phông chữ cũ)."""
    tcvn3 = vni = 0
    example = ""
    for sheet in sheets:
        for row in sheet.rows[:400]:
            for cell in row:
                if not isinstance(cell, str) or cell.isascii():
                    continue
                old = bool(_TCVN3.search(cell)), bool(_VNI.search(cell))
                tcvn3, vni = tcvn3 + old[0], vni + old[1]
                if any(old):
                    example = example or cell.strip()[:40]
    if max(tcvn3, vni) < _ENOUGH:
        return
    font = "TCVN3 (các phông .VnTime, .VnArial…)" if tcvn3 >= vni else "VNI (các phông VNI-Times…)"
    raise Refusal(
        f"Tệp “{name}” gõ bằng bảng mã cũ {font}: “{example}”. Nhập vào sẽ thành chữ sai, nên không nhập.",
        basis="TCVN 6909:2001, Chỉ thị 58-CT/TW",
        remedy="Mở tệp, chuyển mã sang Unicode (UniKey → Công cụ, hoặc phần mềm chuyển mã của bạn), "
        "đổi phông sang Times New Roman, lưu lại rồi nhập.",
    )
