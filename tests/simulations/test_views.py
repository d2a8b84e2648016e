"""The pages of simulations, through HTTP: asked, run in the background, shown, kept, compared, taken home."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from ansinh.accounts.models import Entry
from ansinh.accounts.operations import Cast
from ansinh.simulations import jobs
from ansinh.simulations.models import Simulation
from tests.edges import disabled
from tests.grants import world

pytestmark = pytest.mark.django_db


def _asked(client: Client, **more: object) -> Simulation:
    data = {"unit": "00004", "month": "11/2026", "standard": "800.000", **more}
    response = client.post("/mo-phong/moi/", data)
    assert response.status_code == 302, response.content.decode()
    made = Simulation.objects.latest("pk")
    assert response["Location"] == f"/mo-phong/{made.pk}/"
    return made


def test_a_box_has_the_register_read_anew(cast: Cast, client: Client) -> None:
    client.force_login(cast.chau)
    found = []
    for more in ({"fresh": "on"}, {}, {"fresh": "on"}):
        disabled(world.unit("00004"))
        made = _asked(client, **more)
        jobs.run(made.pk)
        made.refresh_from_db()
        found.append((made.figures or {})["before"]["people"])
    assert found == [1, 1, 3], "the second stands on what was read for the first"


def test_a_standard_below_the_countrys_is_told_to_change_nothing(cast: Cast, client: Client) -> None:
    disabled(world.unit("00004"))
    client.force_login(cast.chau)
    lower, higher = _asked(client, standard="400000"), _asked(client, standard="800000")
    for made in (lower, higher):
        jobs.run(made.pk)
    told = client.get(f"/mo-phong/{lower.pk}/").content.decode()
    assert "Mức thử 400.000 đồng thấp hơn mức của trung ương" in told
    assert "540.000" in told
    assert "335/2026" in told
    assert "thấp hơn mức của trung ương" not in client.get(f"/mo-phong/{higher.pk}/").content.decode()
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get(f"/mo-phong/{lower.pk}/ket-qua.xlsx").content)
    )
    assert "vẫn áp dụng" in str(book.get_sheet_by_index(0).to_python()[2][0])


def test_a_chairman_tries_two_standards_and_takes_the_result_home(cast: Cast, client: Client) -> None:
    for _ in range(3):
        disabled(world.unit("00004"))
    client.force_login(cast.chau)
    first, second = _asked(client, name="Phương án một"), _asked(client, standard="700000")
    waiting = client.get(f"/mo-phong/{first.pk}/").content.decode()
    assert "Đang chờ đến lượt" in waiting
    jobs.run(first.pk)
    jobs.run(second.pk)
    shown = client.get(f"/mo-phong/{first.pk}/").content.decode()
    assert "Phương án một" in shown
    assert "675.000" in shown, "three times 1.5 times the 150,000 more"
    assert "<svg" in shown
    assert "standard_vnd = 800000" in shown
    assert client.post(f"/mo-phong/{second.pk}/luu/", {"name": "Phương án hai"}).status_code == 302
    compared = client.get("/mo-phong/so-sanh/", {"mot": first.pk, "hai": second.pk}).content.decode()
    assert "Phương án một" in compared
    assert "Phương án hai" in compared
    book = client.get(f"/mo-phong/{first.pk}/ket-qua.xlsx")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    assert sheets.sheet_names[0] == "Tóm tắt"
    assert ["Đồng một tháng", 2_925_000, 3_600_000] in [
        row[:3] for row in sheets.get_sheet_by_index(0).to_python()
    ]
    paper = client.get(f"/mo-phong/{first.pk}/ket-qua.pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content == client.get(f"/mo-phong/{first.pk}/ket-qua.pdf").content
    text = "\n".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(paper.content)).pages)
    for told in ("Phương án một", "2.925.000", "3.600.000", "675.000", "Năm năm", "standard_vnd = 800000"):
        assert told in text
    done = set(Entry.objects.values_list("action", flat=True))
    assert {"simulate", "keep_simulation"} <= done


def test_an_english_page_and_a_vietnamese_workbook(cast: Cast, client: Client) -> None:
    """A file goes to colleagues: it is Vietnamese, whatever language its reader's pages are in."""
    disabled(world.unit("00004"))
    client.force_login(cast.chau)
    made = _asked(client)
    jobs.run(made.pk)
    client.cookies["django_language"] = "en"
    shown = client.get(f"/mo-phong/{made.pk}/").text
    assert "Newly entitled" in shown and "By age" in shown and "Theo tuổi" not in shown
    assert "Nobody is assumed to be born" in shown
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/mo-phong/{made.pk}/ket-qua.xlsx").content))
    assert "Theo tuổi" in book.sheet_names


def test_a_draft_with_faults_comes_back_with_its_articles(cast: Cast, client: Client) -> None:
    client.force_login(cast.giang)
    file = SimpleUploadedFile("du-thao.toml", '[instrument]\n[[provision]]\nat = "Điều 9"\n'.encode())
    response = client.post(
        "/mo-phong/moi/", {"unit": "01", "month": "11/2026", "standard": "", "draft": file}
    )
    assert response.status_code == 422
    assert "Dự thảo có" in response.content.decode()
    assert not Simulation.objects.exists()


def test_the_neighbour_can_neither_run_nor_see(cast: Cast, client: Client) -> None:
    client.force_login(cast.chau)
    made = _asked(client)
    client.force_login(cast.dung)
    for path in ("", "ket-qua.xlsx", "ket-qua.pdf"):
        assert client.get(f"/mo-phong/{made.pk}/{path}").status_code == 404
    asked = {"unit": "00004", "month": "11/2026", "standard": "800.000"}
    assert client.post("/mo-phong/moi/", asked).status_code == 404
    assert f"/mo-phong/{made.pk}/" not in client.get("/mo-phong/").content.decode()
    client.force_login(cast.binh)
    assert client.get("/mo-phong/").status_code == 403
