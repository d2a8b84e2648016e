"""A commune moves in through the pages: sent, reported, words chosen, written, undone; not next door."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from ansinh.grants.models import Grant
from ansinh.imports import jobs
from ansinh.registry.models import HouseholdFact, Person
from tests import cast
from tests.imports import lists, poor


def send(client: Client, content: bytes) -> Any:
    file = SimpleUploadedFile("Danh sách tháng 10.xlsx", content)
    return client.post("/nhap-danh-sach/", {"file": file, "month": "10/2026"})


def work(client: Client, address: str, **asked: Any) -> str:
    """Do the job as the worker would; return the page of its end."""
    key = int(address.rstrip("/").rpartition("/")[2])
    assert "đang chờ" in client.get(address).text
    jobs.work(import_id=key, **asked)
    return client.get(address).text


def test_a_commune_moves_in_and_out_again(committing: str, client: Client) -> None:
    actors = cast.make()
    client.force_login(actors.binh)
    sent = send(client, lists.untidy())
    assert sent.status_code == 302
    page = work(client, sent.headers["Location"])
    address = sent.headers["Location"]
    for words in ("chưa ghi gì vào sổ", "Không có ngày này trong lịch", "người già neo", "khác luật"):
        assert words.lower() in page.lower()
    assert "Cần sửa gì nhiều nhất" in page
    assert not Person.objects.exists()
    listed = client.get(f"{address}?loai=ERROR").text
    assert "Đinh Thị Ích" in listed and "Bùi Văn Hai" not in listed
    assert client.get(f"{address}?loai=NHAM&sau={'9' * 30}").status_code == 200

    # The officer's own file comes back with a column of remarks; the cells stand where they stood.
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{address}ghi-chu.xlsx").content))
    rows = book.get_sheet_by_name("Tháng 10").to_python(skip_empty_area=False)
    assert rows[7][:2] == [1.0, "Nguyễn Văn An"]
    assert "Năm chỉ có hai chữ số" in str(rows[14][-1])

    # Nobody next door finds it, and a chairman takes nothing in.
    for user, status in ((actors.dung, 403), (actors.chau, 403), (actors.phuc, 403)):
        client.force_login(user)
        assert client.get(address).status_code == status

    client.force_login(actors.binh)
    chosen = client.post(
        "/nhap-danh-sach/cach-goi/",
        {"phrase": "người già neo", "category": "C5A", "ve": address.split("/")[2]},
    )
    assert chosen.headers["Location"] == address
    assert client.post(f"{address}ghi-so/").headers["Location"] == address
    assert client.post(f"{address}ghi-so/").status_code == 422, "a second click while it waits"
    written = work(client, address, by=actors.binh.pk)
    assert "Đã ghi" in written and "đã xong" in written
    assert Grant.objects.filter(ended_by=None).count() == Person.objects.count() > 3
    assert client.post(f"{address}ghi-so/").status_code == 422, "written once"

    assert client.post(f"{address}huy/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}huy/", {"reason": "Nhầm tệp"}).status_code == 302
    assert "như trước khi nhập" in work(client, address, by=actors.binh.pk, reason="Nhầm tệp")
    assert not Grant.objects.filter(ended_by=None).exists()


def test_the_years_poverty_list_comes_in_and_out_again(committing: str, client: Client) -> None:
    actors = cast.make()
    client.force_login(actors.binh)
    people = [
        lists.row("Nguyễn Thị Mai", "05/03/1970", "001170000111"),
        lists.row("Lê Văn Xa", 1955, "", sex="Nam", village="Tổ 2", group="SP70", amount=500_000),
    ]
    moved = send(client, lists.tidy(*people)).headers["Location"]
    work(client, moved)
    client.post(f"{moved}ghi-so/")
    work(client, moved, by=actors.binh.pk)

    def send_list(content: bytes, **said: str) -> Any:
        asked = {"year": "2027", "number": "45/QĐ-UBND", "decided_on": "15/12/2026", **said}
        file = SimpleUploadedFile("Hộ nghèo 2027.xlsx", content)
        return client.post("/nhap-danh-sach/ho-ngheo/", {"file": file, **asked})

    tidy = poor.tidy(
        poor.poor("Lê Văn Xa", 1955, village="Tổ 2"), poor.poor("Người Lạ Nào", 1950, "001150000999")
    )
    assert send_list(tidy, number="", last="31/12/2026").status_code == 422
    sent = send_list(tidy, complete="on")
    address = sent.headers["Location"]
    page = work(client, address)
    for words in (
        "hộ nghèo, cận nghèo năm 2027",
        "Quyết định 45/QĐ-UBND ngày 15/12/2026 của UBND phường Ba Đình",
        "Không thấy người nào của hộ này trong sổ của xã",
        "Lê Văn Xa: 0 → 650.000 đồng mỗi tháng",
    ):
        assert words in page
    assert not HouseholdFact.objects.exists()
    assert client.get(f"{address}?loai=LEFT").status_code == 200
    assert client.get(f"{address}bao-cao.json").json()["list"]["complete"] is True
    assert client.get(f"{address}ghi-chu.xlsx").status_code == 200
    assert "hộ nghèo, cận nghèo năm 2027" in client.get("/nhap-danh-sach/").text

    client.post(f"{address}ghi-so/")
    assert "Đã ghi 1 hộ vào sổ" in work(client, address, by=actors.binh.pk)
    person = Person.objects.get(name="Lê Văn Xa").pk
    assert "45/QĐ-UBND" in client.get(f"/nguoi/{person}/").text
    client.force_login(actors.dung)
    assert client.get(address).status_code == 403
    client.force_login(actors.binh)
    client.post(f"{address}huy/", {"reason": "Nhầm tệp"})
    assert "như trước khi nhập" in work(client, address, by=actors.binh.pk, reason="Nhầm tệp")
    assert not HouseholdFact.objects.filter(superseded_at=None).exists()
