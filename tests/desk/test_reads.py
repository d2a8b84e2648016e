"""The register of who read somebody's file, as it is handed to its person."""

import datetime as dt
import re

import pytest
from django.test import Client

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import ReadPage
from ansinh.accounts.models import Read
from ansinh.web import clock
from tests import cast
from tests.desk.secrets import TELLS
from tests.desk.world import Village

SAID = {"since": "01/10/2026", "until": "31/12/2026", "reason": "Công dân đề nghị theo đơn ngày 01/12/2026"}


def opened(village: Village, page: ReadPage, at: dt.datetime = cast.AT, reason: str = "") -> None:
    accounts.record_read(at=at, who=village.actors.chau, person_id=village.hoa.pk, page=page, reason=reason)


def paper(client: Client, village: Village, **said: str) -> str:
    client.force_login(village.actors.binh)
    answer = client.post(f"/nguoi/{village.hoa.pk}/luot-xem/", {**SAID, **said})
    assert answer.status_code == 200
    return answer.text


def test_the_paper_says_who_in_which_office_when_and_which_page(village: Village, client: Client) -> None:
    opened(village, ReadPage.WHY)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", paper(client, village)))
    for told in (
        "UBND thành phố Hà Nội UBND phường Ba Đình CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        f"Ba Đình, ngày {clock.today():%d}",
        "SỔ LƯỢT XEM HỒ SƠ Từ ngày 01/10/2026 đến hết ngày 31/12/2026",
        "Họ và tên: Lê Thị Hoà · Sinh: 12/05/1986 · Số định danh: 001186000123",
        "08:00 06/10/2026 Trần Thị Minh Châu Chủ tịch UBND xã Phường Ba Đình vì sao được hưởng",
        "NGƯỜI LẬP (Ký, ghi rõ họ tên) Nguyễn Văn Bình",
    ):
        assert told in text, told


def test_that_it_was_opened_stands_in_it_with_the_reason_kept(village: Village, client: Client) -> None:
    assert "sổ lượt xem" in paper(client, village)
    last = Read.objects.filter(person_id=village.hoa.pk).latest("pk")
    assert (last.page, last.reason, last.who) == ("READS", SAID["reason"], village.actors.binh)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"reason": ""}, "Hãy ghi lý do."),
        ({"reason": "xem"}, "Ghi lý do rõ hơn"),
        ({"until": "01/09/2026"}, "Ngày cuối không được trước ngày đầu."),
        ({"since": "hôm qua"}, "Viết ngày theo dạng ngày/tháng/năm"),
    ],
)
def test_without_days_or_a_reason_nothing_is_told_or_noted(
    village: Village, client: Client, said: dict[str, str], words: str
) -> None:
    opened(village, ReadPage.WHY)
    client.force_login(village.actors.binh)
    answer = client.post(f"/nguoi/{village.hoa.pk}/luot-xem/", {**SAID, **said})
    assert answer.status_code == 422 and words in answer.text
    assert "Trần Thị Minh Châu" not in answer.text
    assert not Read.objects.filter(page="READS").exists()


def test_only_the_days_asked_for_are_told(village: Village, client: Client) -> None:
    for day, page in ((1, ReadPage.WHY), (2, ReadPage.FILE), (3, ReadPage.ATTACHMENT)):
        late = dt.datetime(2026, 11, day, 23, 59, tzinfo=cast.AT.tzinfo)
        opened(village, page, at=late)
    text = paper(client, village, since="02/11/2026", until="02/11/2026")
    assert "23:59 02/11/2026" in text
    assert "23:59 01/11/2026" not in text and "23:59 03/11/2026" not in text
    assert "Hồ sơ được mở 1 lượt." in text


def test_a_look_at_what_is_secret_is_told_alike_of_everybody_and_without_its_reason(
    village: Village, client: Client
) -> None:
    opened(village, ReadPage.SENSITIVE, reason="Xác minh việc nhiễm HIV")
    text = paper(client, village)
    assert "hồ sơ, có ghi lý do" in text
    assert "nhạy cảm" not in re.sub(r"<header.*?</header>", "", text, flags=re.S)
    assert not TELLS.search(text) and "Xác minh" not in text


def test_an_inspector_reads_the_reasons_on_the_screen_and_not_on_the_paper(
    village: Village, client: Client
) -> None:
    opened(village, ReadPage.SENSITIVE, at=clock.now(), reason="Theo đơn tố cáo số 5")
    client.force_login(village.actors.giang)
    text = client.get(f"/nguoi/{village.hoa.pk}/luot-xem/").text
    cell = re.search(r"<td([^>]*)>Theo đơn tố cáo số 5</td>", text)
    assert cell and "no-print" in cell[1]


def test_the_neighbour_gets_no_paper(village: Village, client: Client) -> None:
    client.force_login(village.actors.dung)
    assert client.post(f"/nguoi/{village.hoa.pk}/luot-xem/", SAID).status_code == 404
