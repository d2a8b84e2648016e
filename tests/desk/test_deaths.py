"""Deaths, through the pages: recorded, and taken back however they came in."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from ansinh.accounts.models import Entry
from ansinh.registry import operations as registry
from ansinh.registry.models import Death, Merge, Relation, Source
from ansinh.web import clock
from tests.desk.filling import PAPER, Officer
from tests.desk.world import Village

pytestmark = pytest.mark.usefixtures("november")


def test_a_death_shows_what_ends_and_a_wrong_one_is_undone(village: Village, binh: Officer) -> None:
    shown = binh.look(village.mai, "chet", died_on="20/10/2026")
    assert "Chết ngày 20/10/2026" in shown and "Số giấy tờ 9" in shown
    assert "Nguyễn Thị Mai" in shown and "từ 11/2026: 1.300.000 → 0 đồng" in shown
    binh.save(village.mai, "chet", died_on="20/10/2026")
    assert Death.objects.filter(person=village.mai, superseded_at=None).exists()
    assert "đã được ghi là đã chết" in binh.refused(village.mai, "chet", died_on="20/10/2026")
    page = binh.client.get(f"/nguoi/{village.mai.pk}/").text
    assert "Đã chết ngày" in page and f"/nguoi/{village.mai.pk}/viec/chet/" not in page
    assert re.search(r'/huy/\d+/">Ghi nhầm\? Huỷ việc ghi chết', page), "the way back stands beside it"

    assert (
        "lý do"
        in binh.client.post(
            f"/nguoi/{village.mai.pk}/huy/{Source.objects.latest('pk').pk}/", {"reason": " ", "step": "save"}
        ).text
    )
    binh.undo(village.mai, "Trùng tên với bà Mai ở tổ 7")
    assert not Death.objects.filter(person=village.mai, superseded_at=None).exists()
    page = binh.client.get(f"/nguoi/{village.mai.pk}/").text
    assert "Đã chết ngày" not in page and f"/nguoi/{village.mai.pk}/viec/chet/" in page
    assert "Trùng tên với bà Mai ở tổ 7" in page
    trail = Entry.objects.filter(subject_id=str(village.mai.pk)).order_by("-pk")
    assert list(trail.values_list("action", flat=True)[:2]) == ["undo_entry", "record_death"]


def test_a_death_that_a_file_brought_is_undone_with_its_effect_shown(
    village: Village, binh: Officer, client: Client
) -> None:
    """The list said that An's mother had died; she has not, so An is no orphan."""
    mother = Relation.objects.get(person=village.an, kind=Relation.Kind.MOTHER).other
    page = binh.client.get(f"/nguoi/{mother.pk}/").text
    way_back = f"/nguoi/{mother.pk}/viec/ghi-nham-chet/"
    assert f'href="{way_back}">Ghi nhầm? Huỷ việc ghi chết' in page
    assert page.count(way_back) == 1, "not among what can happen to anybody"
    assert "Hãy ghi mục này" in binh.refused(mother, "ghi-nham-chet", reason="")
    said = {"reason": "Trùng tên với bà Tám ở tổ 7"}
    shown = binh.look(mother, "ghi-nham-chet", **said)
    assert re.search(r"Trần Văn An .*: 975\.000 → 0 đồng", shown)
    once = {**PAPER, **said, "step": "save", "once": str(uuid4())}
    for _click in range(2):
        answer = client.post(way_back, once)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/nguoi/{mother.pk}/")
    death = Death.objects.get(person=mother)
    made = Source.objects.get(about=mother, event="ghi-nham-chet")
    assert death.superseded_at == made.recorded_at and made.document is not None
    page = binh.client.get(f"/nguoi/{mother.pk}/").text
    assert "Đã chết ngày" not in page and way_back not in page
    for told in ("Huỷ việc ghi chết ngày 09/01/2023", said["reason"], "Giấy tờ 9"):
        assert told in page
    line = Entry.objects.filter(subject_id=str(mother.pk)).latest("pk")
    assert (line.action, line.who, line.reason) == ("undo_death", village.actors.binh, said["reason"])
    assert "không được ghi là đã chết" in binh.refused(mother, "ghi-nham-chet", **said)

    binh.undo(mother, "Đúng là bà đã mất")
    assert Death.objects.get(person=mother, superseded_at=None).source == death.source
    assert way_back in binh.client.get(f"/nguoi/{mother.pk}/").text


def test_a_second_click_on_an_undoing_shows_the_file(village: Village, binh: Officer) -> None:
    binh.save(village.mai, "chet", died_on="20/10/2026")
    address = f"/nguoi/{village.mai.pk}/huy/{Source.objects.latest('pk').pk}/"
    for _click in range(2):
        answer = binh.client.post(address, {"reason": "Trùng tên", "step": "save"})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/nguoi/{village.mai.pk}/")
    assert "đã được huỷ rồi" in binh.client.get(address, follow=True).text
    assert Source.objects.filter(undoes__isnull=False).count() == 1


def test_a_death_that_a_merge_brought_is_undone_and_the_merge_stands(village: Village, binh: Officer) -> None:
    father = Relation.objects.get(person=village.an, kind=Relation.Kind.FATHER).other
    registry.merge(
        kept=village.son, gone=father, reason="Cùng số định danh", by=village.actors.binh, at=clock.now()
    )
    assert f"/nguoi/{village.son.pk}/viec/ghi-nham-chet/" in binh.client.get(f"/nguoi/{village.son.pk}/").text
    binh.save(village.son, "ghi-nham-chet", reason="Hồ sơ kia ghi nhầm")
    assert not Death.objects.filter(person=village.son, superseded_at=None).exists()
    assert Merge.objects.get().superseded_at is None
    assert "được gộp vào đây" in binh.client.get(f"/nguoi/{village.son.pk}/").text
    assert not Source.objects.filter(undoes__event=registry.MERGING).exists()


def test_a_death_that_a_merge_brought_does_not_come_back_after_the_merge(
    village: Village, binh: Officer
) -> None:
    """Taken back, the merge undone, then the taking back undone too: the other file's death is not his."""
    father = Relation.objects.get(person=village.an, kind=Relation.Kind.FATHER).other
    merged = registry.merge(
        kept=village.son, gone=father, reason="Cùng số định danh", by=village.actors.binh, at=clock.now()
    )
    binh.save(village.son, "ghi-nham-chet", reason="Hồ sơ kia ghi nhầm")
    registry.unmerge(merged=merged, reason="Hai người", by=village.actors.binh, at=clock.now())
    made = Source.objects.get(about=village.son, event="ghi-nham-chet")
    registry.undo_entry(source=made, reason="Bấm nhầm", by=village.actors.binh, at=clock.now())
    assert not Death.objects.filter(person=village.son, superseded_at=None).exists()
    assert Death.objects.filter(person=father, superseded_at=None).exists()
