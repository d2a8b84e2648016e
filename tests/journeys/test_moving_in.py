"""A commune moves in through the pages: sent, reported, words chosen, written, undone; not next door."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from ansinh.grants.models import Grant
from ansinh.imports import jobs
from ansinh.registry.models import Person
from tests import cast
from tests.imports import lists


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
