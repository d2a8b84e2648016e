"""A simulation on paper (PDF, A4): every chart with its table, and the draft's text (in mô phỏng)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, LongTable, Paragraph, Preformatted, SimpleDocTemplate, Spacer
from reportlab.platypus.flowables import Flowable

from ansinh.kernel.money import grouped
from ansinh.kernel.time import Month
from ansinh.simulations import queries
from ansinh.simulations.charts import LEFT, WIDTH, Bars, bars
from ansinh.simulations.models import Simulation
from ansinh.web import papers

MARGIN = 18 * mm
ROOM = A4[0] - 2 * MARGIN
LETTERS = 105
"""So many letters of a draft's line stand beside each other."""
LABEL = 72
"""So many letters of a bar's label are shown."""
BEFORE, AFTER = colors.HexColor("#b3892c"), colors.HexColor("#0e4a43")
_SMALL = 8.0
_KEYS = ("before_people", "after_people", "before_vnd", "after_vnd", "NEW", "GAIN", "LOSE", "OUT")
_HEADINGS = (
    "Người, hiện hành",
    "Người, dự thảo",
    "Đồng/tháng, hiện hành",
    "Đồng/tháng, dự thảo",
    "Mới",
    "Tăng",
    "Giảm",
    "Thôi",
)


class _Chart(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """Pairs of bars, as the page draws them."""

    def __init__(self, chart: Bars) -> None:
        super().__init__()
        self.chart = chart

    def wrap(self, room: float, _height: float) -> tuple[float, float]:
        self.scale = min(room / WIDTH, 0.75)
        return room, self.chart.height * self.scale

    def draw(self) -> None:
        canvas, top = self.canv, self.chart.height
        canvas.scale(self.scale, self.scale)
        for bar in self.chart.bars:
            canvas.setFillColor(colors.black)
            canvas.setFont("Serif", 12)
            canvas.drawString(
                LEFT, top - bar.words, bar.label if len(bar.label) <= LABEL else f"{bar.label[: LABEL - 1]}…"
            )
            for y, wide, colour in ((bar.y, bar.before, BEFORE), (bar.below, bar.after, AFTER)):
                canvas.setFillColor(colour)
                canvas.rect(LEFT, top - y - 9, wide, 9, stroke=0, fill=1)
        canvas.setFillColor(colors.black)


def write_pdf(simulation: Simulation) -> bytes:
    """Write a finished simulation; the same simulation gives the same bytes."""
    into = io.BytesIO()
    papers.load_fonts()
    _code, place = queries.place(simulation)
    title = f"Mô phỏng chính sách: {place}, {Month.of(simulation.month).vietnamese()}"
    paper = SimpleDocTemplate(
        into,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=title,
        lang="vi",
        initialFontName="Serif",
        invariant=1,
    )
    foot = (
        f"Mô phỏng #{simulation.pk} · luật hiện hành {simulation.release_before[:12]} · có dự thảo "
        f"{simulation.release_after[:12]}"
    )

    def page(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont("Serif-Italic", 7.5)
        canvas.drawString(MARGIN, 9 * mm, foot)
        canvas.drawRightString(A4[0] - MARGIN, 9 * mm, f"Trang {document.page}")

    story = [*_summary(simulation, title), *_years(simulation), *_tables(simulation), *_draft(simulation)]
    paper.build(story, onFirstPage=page, onLaterPages=page)
    return into.getvalue()


def _summary(simulation: Simulation, title: str) -> list[Flowable]:
    figures = simulation.figures or {}
    before, after = figures["before"], figures["after"]
    known = f"Hỏi {grouped(figures['asked'])} người, theo sổ như biết lúc {queries.known_at(simulation)}."
    laws = [
        ("Luật hiện hành", before["people"], before["vnd"]),
        ("Có dự thảo", after["people"], after["vnd"]),
        ("Chênh lệch", after["people"] - before["people"], after["vnd"] - before["vnd"]),
    ]
    moves = [
        (str(label).capitalize(), figures["moves"][move]["people"], figures["moves"][move]["vnd"])
        for move, label in queries.MOVE_LABELS.items()
    ]
    return [
        Paragraph(escape(title), papers.style(14, face="Serif-Bold", align=TA_LEFT)),
        *([_text(simulation.name, 12)] if simulation.name else []),
        _text(known),
        _text(queries.TRIAL),
        *([_text(overruled)] if (overruled := queries.overruled(simulation)) else []),
        _heading("Một tháng"),
        _table(("Luật", "Số người", "Đồng/tháng"), laws, (2, 1, 1.4)),
        Spacer(1, 3 * mm),
        _table(("Thay đổi", "Số người", "Đồng/tháng"), moves, (2, 1, 1.4)),
    ]


def _years(simulation: Simulation) -> list[Flowable]:
    years = queries.years(simulation)
    names = [f"{year.first.vietnamese()}–{year.last.vietnamese()}" for year in years]
    rows = [
        (name, year.before_vnd, year.after_vnd, year.difference_vnd)
        for name, year in zip(names, years, strict=True)
    ]
    chart = bars([row[:3] for row in rows])
    headings = ("Mười hai tháng", "Luật hiện hành", "Có dự thảo", "Chênh lệch")
    return [
        KeepTogether([_heading("Năm năm"), _text(str(queries.ASSUMPTION)), _Chart(chart), _legend()]),
        _table(headings, rows, (1.4, 1, 1, 1)),
    ]


def _tables(simulation: Simulation) -> list[Flowable]:
    story: list[Flowable] = []
    for name, label in queries.tables(simulation):
        table = (simulation.figures or {})["tables"][name]
        if table.get("withheld"):
            story += [_heading(label), _text(str(queries.WITHHELD))]
        elif not table["rows"]:
            story += [_heading(label), _text("Không có ai được hưởng.")]
        else:
            rows = [(row["label"], *(row[key] for key in _KEYS)) for row in table["rows"]]
            chart = bars(
                [(row["label"], row["before_vnd"], row["after_vnd"]) for row in queries.charted(table)]
            )
            shortened = [_text(queries.SHORTENED, 9)] if len(chart.bars) < len(rows) else []
            story += [
                KeepTogether([_heading(label), _Chart(chart), _legend(), *shortened]),
                _table(("", *_HEADINGS), rows, (3.4, 1, 1, 1.9, 1.9, 0.9, 0.9, 0.9, 0.9)),
            ]
    return story


def _draft(simulation: Simulation) -> list[Flowable]:
    mono = papers.style(9, align=TA_LEFT)
    return [_heading("Văn bản dự thảo"), Preformatted(simulation.draft, mono, maxLineLength=LETTERS)]


def _heading(text: str) -> Paragraph:
    heading = papers.style(12, face="Serif-Bold", align=TA_LEFT)
    heading.spaceBefore, heading.spaceAfter, heading.keepWithNext = 5 * mm, 2 * mm, 1
    return Paragraph(escape(text), heading)


def _text(text: str, size: float = 10.5) -> Paragraph:
    plain = papers.style(size, align=TA_LEFT)
    plain.spaceAfter = 1.5 * mm
    return Paragraph(escape(text), plain)


def _legend() -> Paragraph:
    words = "<font color='#b3892c'>■</font> luật hiện hành   <font color='#0e4a43'>■</font> có dự thảo"
    small = papers.style(9, align=TA_LEFT)
    small.spaceAfter = 2 * mm
    return Paragraph(words, small)


def _table(
    headings: Sequence[str], rows: Sequence[tuple[str | int, ...]], shares: Sequence[float]
) -> LongTable:
    """Set rows of a text and figures; the columns share the page's width."""
    left, right = (papers.style(_SMALL, align=align) for align in (TA_LEFT, TA_RIGHT))
    bold = papers.style(_SMALL, face="Serif-Bold")
    body = [
        [Paragraph(escape(str(row[0])), left), *(Paragraph(grouped(int(n)), right) for n in row[1:])]
        for row in rows
    ]
    return LongTable(
        [[Paragraph(escape(heading), bold) for heading in headings], *body],
        colWidths=[ROOM * share / sum(shares) for share in shares],
        repeatRows=1,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ],
    )
