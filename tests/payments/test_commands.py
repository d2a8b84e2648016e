"""The commands of payrolls, each a process of its own (dòng lệnh)."""

import json
from pathlib import Path
from typing import Any

import pypdf
import python_calamine

from ansinh.db.progress import is_interrupted
from ansinh.payments.models import Progress
from tests import cast, databases
from tests.payments import world
from tests.payments.world import JULY

ASKED = ("--unit", "01", "--month", "2026-07")


def told(url: str, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(databases.command("payroll", *arguments, "--json", url=url).stdout)
    return found


def test_a_month_from_the_opening_to_the_files(committing: str, tmp_path: Path) -> None:
    here = world.make()
    for name, category in (("Người Một", "C3"), ("Người Hai", "C6S"), ("Người Ba", "C1")):
        world.taken_over(here.person(name), 1_000_000, category)
    databases.command("payroll", "open-account", *ASKED, "--by", "hanh", url=committing)

    draft = told(committing, "prepare", *ASKED, "--on", "2026-07-20")
    assert (draft["status"], draft["people"], draft["total_vnd"]) == ("DRAFT", 3, 3_000_000)
    nobody = databases.command("payroll", "approve", *ASKED, url=committing, check=False)
    assert (nobody.returncode, "Chưa nêu ai duyệt" in nobody.stderr) == (1, True)
    approved = told(committing, "approve", *ASKED, "--by", "hanh")
    shown = told(committing, "show", *ASKED)

    assert shown == approved == {**draft, "status": "APPROVED"}
    assert list(shown) == [
        "unit", "months", "people", "lines", "regular_vnd", "arrears_vnd", "recoveries_vnd", "one_off_vnd",
        "total_vnd", "by_scheme", "by_category", "status", "release", "hash",
    ]  # fmt: skip
    assert set(shown["by_category"]) == {"MONTHLY_ALLOWANCE", "C6S"}
    for form in ("xlsx", "pdf"):
        where = ("--format", form, "--out", str(tmp_path))
        databases.command("payroll", "export", *ASKED, *where, url=committing)
    assert _reads(tmp_path) == 4


def _reads(folder: Path) -> int:
    """Read every file written; none tells more than the scheme."""
    read = 0
    for path in sorted(folder.iterdir()):
        if path.suffix == ".pdf":
            text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
        else:
            text = str(python_calamine.load_workbook(path).get_sheet_by_index(0).to_python())
        for secret in ("HIV", "AIDS", "C3", "C8", "khoản 3 Điều 5"):
            assert secret not in text
        assert "Người Một" in text or path.name.startswith("tong-hop")
        read += 1
    return read


def test_a_job_whose_process_died_is_told_as_interrupted(committing: str) -> None:
    here = world.make()
    job = Progress.objects.create(
        job=Progress.Job.PREPARE, unit=here.province, months=(JULY.first, world.AUGUST.first),
        by=here.phuc, asked_at=cast.AT, state=Progress.State.RUNNING,
    )  # fmt: skip
    assert is_interrupted(job)
