"""A month through the pages: an approval, a death, the decision, and the payroll without her."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from ansinh.accounts.models import User
from ansinh.payments import jobs
from ansinh.payments.models import Payroll, Progress
from tests import cast, databases
from tests.desk import world
from tests.desk.world import Village
from tests.grants.world import dies
from tests.sites import pointed_at


@pytest.fixture
def village(village_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Village]:
    """The village in a database of its own, where what is written stays."""
    with (
        databases.clone("journey", of=village_database) as url,
        django_db_blocker.unblock(),
        pointed_at(url),
    ):
        yield world.find()


class Hands:
    """An officer at the keyboard."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def be(self, user: User) -> None:
        self.client.force_login(user)

    def read(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text

    def do(self, address: str, **typed: str) -> str:
        """Send a form; return where it leads."""
        answer = self.client.post(address, typed)
        assert answer.status_code == 302, (address, answer.status_code, answer.text[-3000:])
        return answer.headers["Location"]

    def wait(self, address: str) -> str:
        """Do the job as the worker would; return the page of its end."""
        progress = Progress.objects.get(pk=int(address.rstrip("/").rpartition("/")[2]))
        if progress.job == Progress.Job.APPROVE:
            jobs.approve(progress_id=progress.pk)
        else:
            jobs.prepare(progress_id=progress.pk, on="2026-11-05", replace=False)
        return self.read(address)


def test_a_month(village: Village, client: Client) -> None:
    hands = Hands(client)
    october = village.payroll()

    # Phúc prepared October; he may not approve it, Dũng next door does not find it, Châu approves.
    hands.be(village.actors.phuc)
    assert client.post(f"/chi-tra/{october.pk}/duyet/").status_code == 403
    hands.be(village.actors.dung)
    assert client.post(f"/chi-tra/{october.pk}/duyet/").status_code == 404
    hands.be(village.actors.chau)
    assert "đã xong" in hands.wait(hands.do(f"/chi-tra/{october.pk}/duyet/"))
    october.refresh_from_db()
    assert (october.status, october.approved_by) == ("APPROVED", village.actors.chau)

    # Mai's page tells the months booked, arrears of Decree 335 among them.
    hands.be(village.actors.binh)
    page = hands.read(f"/nguoi/{village.mai.pk}/")
    assert "2,0 × 650.000 = 1.300.000 − 975.000" in page and "truy lĩnh" in page

    # She dies. Bình asks the law about November: it stands in his list of work.
    dies(village.mai, dt.date(2026, 10, 20))
    led = hands.do("/quyet-dinh/xac-dinh/", thang="11/2026")
    assert led == "/quyet-dinh/?thang=2026-11"
    listed = hands.read(f"{led}&loai=NO_LONGER_ENTITLED")
    assert village.mai.name in listed and "Đang hưởng, không còn đủ điều kiện" in listed

    # Bình may not sign; Châu does, and the decision says what it did.
    assert client.get("/quyet-dinh/ra-quyet-dinh/").status_code == 403
    hands.be(village.actors.chau)
    decision = hands.read(hands.do("/quyet-dinh/ra-quyet-dinh/", thang="11/2026", number="{số}/QĐ-UBND"))
    assert village.mai.name in decision and "Thôi hưởng" in decision and "2/QĐ-UBND" in decision
    assert village.mai.name not in hands.read("/quyet-dinh/?thang=2026-11&loai=LEVEL_DIFFERS")

    # November is drafted without her; the list to sign says so.
    hands.be(village.actors.binh)
    assert "đã xong" in hands.wait(hands.do("/chi-tra/lap/", months="11/2026", on_date="05/11/2026"))
    november = Payroll.objects.get(unit=cast.commune(), months__startswith=dt.date(2026, 11, 1))
    lines = hands.read(f"/chi-tra/{november.pk}/dong/")
    assert village.mai.name not in lines and village.son.name in lines

    # Whatever was done stands in the trail.
    hands.be(village.actors.giang)
    trail = hands.read("/nhat-ky/")
    for done in ("approve_payroll", "ask_law", "adopt_changes", "prepare_payroll"):
        assert done not in trail, f"{done} has no words"


def test_a_second_draft_of_a_month_is_refused_with_what_to_do(village: Village, client: Client) -> None:
    hands = Hands(client)
    hands.be(village.actors.phuc)
    page = hands.wait(hands.do("/chi-tra/lap/", months="10/2026", on_date="06/10/2026"))
    assert "bị từ chối" in page and "10/2026" in page


def test_months_with_a_gap_are_refused_on_the_form(village: Village, client: Client) -> None:
    client.force_login(village.actors.phuc)
    answer = client.post("/chi-tra/lap/", {"months": "10/2026, 12/2026", "on_date": "06/10/2026"})
    assert answer.status_code == 422 and "liền nhau" in answer.text


def test_nothing_to_change_makes_no_decision(village: Village, client: Client) -> None:
    client.force_login(village.actors.chau)
    answer = client.post(
        "/quyet-dinh/ra-quyet-dinh/", {"thang": "10/2026", "number": "{next}/QĐ-UBND"}, follow=True
    )
    assert "Không có gì phải đổi" in answer.text
