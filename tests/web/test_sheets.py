"""Lists taken away as spreadsheets harm nobody who opens them."""

import io
import zipfile

from ansinh.web.sheets import Column, spreadsheet

TRICKS = ("=1+1", "+1", "-1", "@sum(A1)", '=HYPERLINK("http://evil.example")', "http://evil.example", "001")


def test_no_text_becomes_a_formula_a_link_or_a_number() -> None:
    answer = spreadsheet(
        name="thu.xlsx",
        title="=1+1",
        notes=["=1+1"],
        columns=[Column("=1+1", 20)] * len(TRICKS),
        rows=[TRICKS],
    )
    parts = zipfile.ZipFile(io.BytesIO(answer.content))
    everything = b"".join(parts.read(name) for name in parts.namelist())
    assert b"<f>" not in everything and b"<hyperlink" not in everything
    assert b">1<" not in parts.read("xl/worksheets/sheet1.xml")
    assert not [name for name in parts.namelist() if "rels" in name and b"evil" in parts.read(name)]
