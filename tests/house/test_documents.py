"""The documents at the door say what is so."""

import re

from tests.house.source import ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)#:]+)\)")


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_both_readmes_have_the_same_bones() -> None:
    english, vietnamese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.vi.md")
    )
    for bone in (r"^#+ ", r"^\| `?\[?[\w./-]+", r"^```", r"!\[.*?\]\((.*?)\)"):
        assert len(re.findall(bone, english, re.M)) == len(re.findall(bone, vietnamese, re.M)), bone
    assert re.findall(r"^make \w+|`(ansinh [^`]+)`", english, re.M) == re.findall(
        r"^make \w+|`(ansinh [^`]+)`", vietnamese, re.M
    )


def test_every_decision_has_context_decision_and_consequences() -> None:
    for page in (ROOT / "docs/adr").glob("0*.md"):
        text = page.read_text(encoding="utf-8")
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text, f"{page.name} lacks {part}"
