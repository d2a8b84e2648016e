"""The command that tries a policy: for a unit by its officer, for the country by the operator alone."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from ansinh.accounts.operations import Cast
from ansinh.geography import queries as geography
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.simulations import operations
from ansinh.simulations.commands import simulate
from ansinh.simulations.exports import FORMATS
from ansinh.simulations.models import Simulation
from tests.edges import disabled, now
from tests.grants import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]
ASKED = ["--month", "2026-11", "--set", "standard_vnd=800000"]


def test_a_result_is_written_with_its_charts(tmp_path: Path) -> None:
    disabled(world.unit("00004"))
    for ending in ("xlsx", "pdf"):
        out = tmp_path / f"result.{ending}"
        done = CliRunner().invoke(
            simulate, ["--unit", "00004", *ASKED, "--json", "--out", str(out)], catch_exceptions=False
        )
        assert json.loads(done.output)["after"] == {"people": 1, "vnd": 1_200_000}
        assert out.stat().st_size > 5_000
    with pytest.raises(Refusal, match="Không biết ghi tệp"):
        simulate.main(["--unit", "00004", *ASKED, "--out", "result.docx"], standalone_mode=False)


def test_the_country_is_nobodys_territory(cast: Cast) -> None:
    with pytest.raises(Refusal, match="Cả nước không thuộc địa bàn"):
        simulate.main(["--unit", "VN", *ASKED, "--as", cast.giang.username], standalone_mode=False)
    assert not Simulation.objects.exists()


def test_the_countrys_result_is_printed_by_province() -> None:
    disabled(world.unit("00004"))
    found = operations.simulate(
        unit=None, month=Month(2026, 11), at=now(), now=now, standard_vnd=800_000, readers=0
    )
    paper = PdfReader(io.BytesIO(FORMATS["pdf"][0](found)))
    text = "\n".join(leaf.extract_text() for leaf in paper.pages)
    for told in (geography.COUNTRY_NAME, "Theo tỉnh, thành phố", "Thành phố Hà Nội (01)", "Chính phủ"):
        assert told in text
