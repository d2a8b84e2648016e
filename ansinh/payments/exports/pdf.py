"""The list on paper (PDF), in the administrative form of Decree 30/2020/NĐ-CP (thể thức văn bản)."""

from __future__ import annotations

from html import escape
from typing import BinaryIO

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.flowables import Flowable

from ansinh.kernel.money import grouped
from ansinh.payments.exports.sheets import Column, Sheet
from ansinh.payments.exports.xlsx import place_and_date
from ansinh.web.papers import load_fonts, style

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
_SERIF = ("FONT", (0, 0), (-1, -1), "Serif")
_LEFT, _RIGHT, _TOP, _BOTTOM = 25 * mm, 15 * mm, 20 * mm, 18 * mm


class _Rule(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """The line under the agency and under the motto: centred, a share of the column wide."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        self.room = room
        return room, 8

    def draw(self) -> None:
        start = self.room * (1 - self.share) / 2
        self.canv.setLineWidth(0.7)
        self.canv.line(start, 5, self.room - start, 5)


def write_pdf(sheet: Sheet, into: BinaryIO) -> None:
    """Write a list on A4; the same list gives the same bytes."""
    load_fonts()
    size = landscape(A4) if sheet.landscape else A4
    width = size[0] - _LEFT - _RIGHT
    paper = SimpleDocTemplate(
        into,
        pagesize=size,
        leftMargin=_LEFT,
        rightMargin=_RIGHT,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=f"{sheet.heading.title} {sheet.heading.period}",
        author=sheet.heading.agency,
        lang="vi",
        initialFontName="Serif",
        invariant=1,
    )
    story: list[Flowable] = [*_head(sheet, width), _table(sheet, width), *_foot(sheet, width)]
    seal = f"Mã kiểm: {sheet.heading.seal} · Bản quy định: {sheet.heading.release}"

    def first(canvas: Canvas, _document: object) -> None:
        _seal(canvas, seal)

    def later(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont("Serif", 12)
        canvas.drawCentredString(size[0] / 2, size[1] - 12 * mm, str(document.page))
        _seal(canvas, seal)

    paper.build(story, onFirstPage=first, onLaterPages=later)


def _head(sheet: Sheet, width: float) -> list[Flowable]:
    heading = sheet.heading
    left = [
        Paragraph(escape(heading.above.upper()), style(12)),
        Paragraph(escape(heading.agency.upper()), style(12, face="Serif-Bold")),
        _Rule(0.30),
        Paragraph(f"Số: {escape(heading.number)}", style(13)),
    ]
    right = [
        Paragraph(NATION, style(12.5, face="Serif-Bold")),
        Paragraph(MOTTO, style(13, face="Serif-Bold")),
        _Rule(0.48),
        Paragraph(escape(place_and_date(sheet)), style(13, face="Serif-Italic")),
    ]
    two = Table([[left, right]], colWidths=[width * 0.42, width * 0.58])
    two.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), _SERIF])
    )
    title = f"{escape(heading.title)}{' (DỰ THẢO)' if heading.draft else ''}"
    return [
        two,
        Spacer(1, 6 * mm),
        Paragraph(title, style(14, face="Serif-Bold")),
        Paragraph(escape(heading.period), style(13, face="Serif-Italic")),
        Spacer(1, 4 * mm),
    ]


def _table(sheet: Sheet, width: float) -> LongTable:
    scale = width / sum(column.width for column in sheet.columns)
    small = 9.0 if sheet.landscape else 10.0
    head = [Paragraph(escape(column.heading), style(small, face="Serif-Bold")) for column in sheet.columns]
    body = [_cells(row, sheet.columns, scale, small) for row in sheet.rows]
    table = LongTable(
        [head, *body, _cells(sheet.totals, sheet.columns, scale, small, face="Serif-Bold")],
        colWidths=[column.width * scale for column in sheet.columns],
        repeatRows=1,
    )
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.black),
                ("FONT", (0, 0), (-1, -2), "Serif", small, small * 1.2),
                ("FONT", (0, -1), (-1, -1), "Serif-Bold", small, small * 1.2),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
                *(
                    ("ALIGN", (index, 1), (index, -1), "RIGHT")
                    for index, column in enumerate(sheet.columns)
                    if column.figure
                ),
            ]
        )
    )
    return table


def _cells(
    row: tuple[str | int, ...], columns: tuple[Column, ...], scale: float, size: float, face: str = "Serif"
) -> list[object]:
    """Set a row; only a text too long for its column pays for a paragraph."""
    cells: list[object] = []
    for cell, column in zip(row, columns, strict=True):
        text = grouped(cell) if isinstance(cell, int) else cell
        room = column.width * scale - 5
        if pdfmetrics.stringWidth(text, face, size) > room:
            align = TA_RIGHT if column.figure else 0
            cells.append(Paragraph(escape(text), style(size, face=face, align=align)))
        else:
            cells.append(text)
    return cells


def _foot(sheet: Sheet, width: float) -> list[Flowable]:
    heading = sheet.heading
    words = Paragraph(
        f"<i>Tổng số tiền bằng chữ:</i> <b>{escape(sheet.total_in_words)}.</b>", style(13, align=0)
    )
    notes = [Paragraph(escape(note), style(11, face="Serif-Italic", align=0)) for note in sheet.notes]
    signing = Table(
        [
            [Paragraph("NGƯỜI LẬP BIỂU", style(13, face="Serif-Bold")),
             Paragraph(escape(heading.signer_title.upper()), style(13, face="Serif-Bold"))],
            [Paragraph("(Ký, ghi rõ họ tên)", style(11, face="Serif-Italic")),
             Paragraph("(Ký, ghi rõ họ tên, đóng dấu)", style(11, face="Serif-Italic"))],
            ["", Spacer(1, 20 * mm)],
            ["", Paragraph(escape(heading.signer), style(13, face="Serif-Bold"))],
        ],
        colWidths=[width / 2, width / 2],
        style=[_SERIF],
    )  # fmt: skip
    return [Spacer(1, 4 * mm), words, *notes, Spacer(1, 6 * mm), KeepTogether(signing)]


def _seal(canvas: Canvas, text: str) -> None:
    canvas.setFont("Serif-Italic", 7.5)
    canvas.drawString(_LEFT, 9 * mm, text)
