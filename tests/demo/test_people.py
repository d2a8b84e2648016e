"""The demo's people: as many as planned, the same for a seed, nobody real, every number their own."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ansinh.kernel.hashing import content_hash
from ansinh.kernel.identity import implausible, is_number
from ansinh.kernel.names import nfc
from demo import days, groups, names, register
from demo.chance import share
from demo.crowd import Role
from demo.groups import Kind, Plan
from demo.identities import identities
from demo.province import make


def fingerprint(plan: Plan, seed: int) -> str:
    """Hash everything that would be written."""
    made = register.files(make(plan, seed))
    return content_hash(frame.write_csv().encode() for frame in made.frames.values())


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    plan = groups.lao_cai(0.003)
    assert fingerprint(plan, 1) == fingerprint(plan, 1)
    assert fingerprint(plan, 1) != fingerprint(plan, 2)


def test_provinces_do_not_depend_on_those_made_beside_them() -> None:
    alone = fingerprint(groups.lao_cai(0.003), 1)
    make(groups.hanoi(0.002), 1)
    assert fingerprint(groups.lao_cai(0.003), 1) == alone


@pytest.mark.parametrize(
    ("plan", "people"), [(groups.hanoi(), 203_733), (groups.lao_cai(), 64_242)], ids=["Hà Nội", "Lào Cai"]
)
def test_the_mix_adds_up_to_the_published_number(plan: Plan, people: int) -> None:
    assert plan.beneficiaries == people == sum(plan.counts().values())


@pytest.mark.parametrize("scale", [0.001, 0.0037, 0.01, 0.05])
def test_every_scale_has_exactly_its_share(scale: float) -> None:
    for plan in (groups.hanoi(scale), groups.lao_cai(scale)):
        province = make(plan, 3)
        columns = province.crowd.columns()
        assert int(columns["granted"].sum()) == plan.beneficiaries
        assert int(province.listed.on.sum()) == plan.beneficiaries
        for kind, count in plan.counts().items():
            assert int((columns["granted"] & (columns["kind"] == kind)).sum()) == count


def test_the_nation_has_all_provinces_and_any_size() -> None:
    plans = groups.nation(3_500_000, groups.hanoi().opens)
    assert len(plans) == 34
    assert sum(plan.beneficiaries for plan in plans) == 3_500_000


def test_households_have_the_size_of_the_country() -> None:
    province = make(groups.hanoi(0.02), 1)
    home = province.crowd.columns()["household"]
    size = np.bincount(home[home >= 0], minlength=len(province.households.kind))
    assert size.min() >= 1
    assert 3.4 < size.mean() < 3.9


def test_children_live_with_somebody_grown() -> None:
    province = make(groups.lao_cai(0.02), 1)
    c = province.crowd.columns()
    opens = days.number(province.plan.opens.first)
    grown = (c["born"] < opens - 16 * 365) & (c["household"] >= 0)
    with_grown = np.unique(c["household"][grown])
    children = c["household"][(c["kind"] == Kind.TODDLER) & (c["role"] == Role.CHILD)]
    assert np.isin(children, with_grown).all()


@pytest.mark.parametrize("plan", [groups.hanoi(0.01), groups.lao_cai(0.03)], ids=["Hà Nội", "Lào Cai"])
def test_numbers_belong_to_one_person_and_agree_with_birth_and_sex(plan: Plan) -> None:
    province = make(plan, 5)
    who = identities(province)
    c = province.crowd.columns()
    year = days.parts(c["born"])[0]
    numbered = np.flatnonzero(who.number != "")
    assert len(set(who.number[numbered].tolist())) == len(numbered)
    for person in numbered[:: max(1, len(numbered) // 4000)].tolist():
        number = str(who.number[person])
        assert is_number(number)
        assert not implausible(number, sex="F" if c["female"][person] else "M", birth_year=int(year[person]))


def test_numbers_of_two_provinces_never_meet() -> None:
    hanoi, lao_cai = (identities(make(plan, 5)).number for plan in (groups.hanoi(0.01), groups.lao_cai(0.03)))
    assert not (set(hanoi.tolist()) & set(lao_cai.tolist()) - {""})


def test_phones_ring_nowhere() -> None:
    phones = identities(make(groups.hanoi(0.002), 5)).phone
    given = [phone for phone in phones.tolist() if phone]
    assert given
    assert all(phone.startswith("050") and len(phone) == 10 for phone in given)


def test_names_come_from_our_word_lists_alone() -> None:
    words = {word for surname, _ in names.SURNAMES for word in surname.split()}
    lists = [w for group in (*names._FEMALE_MIDDLE, *names._FEMALE_GIVEN, *names._MALE_GIVEN) for w in group]
    lists += [word for group in names._MALE_MIDDLE for word, _ in group]
    for custom in names.CUSTOMS.values():
        lists += [*custom.surnames, *custom.male_middle, *custom.male_given, *custom.female_middle]
        lists += custom.female_given
    words |= {part for word in lists for part in word.split()} | {"Thị"}
    province = make(groups.lao_cai(0.02), 5)
    original = province.listed.namesake < 0
    for name in identities(province).name[original].tolist():
        assert nfc(name) == name
        assert set(name.split()) <= words, name


def test_women_of_the_old_generations_are_called_thi_more_often() -> None:
    province = make(groups.hanoi(0.02), 5)
    c, who = province.crowd.columns(), identities(province)
    year = days.parts(c["born"])[0]
    thi = np.char.find(who.name.astype(str), " Thị ") >= 0
    assert 0.8 < thi[c["female"] & (year < 1980) & (who.people == "Kinh")].mean() < 0.9
    assert 0.2 < thi[c["female"] & (year >= 2000) & (who.people == "Kinh")].mean() < 0.3
    nguyen = np.char.startswith(who.name.astype(str), "Nguyễn ")
    assert 0.35 < nguyen[who.people == "Kinh"].mean() < 0.41


def test_some_births_are_known_by_their_year_only() -> None:
    persons = register.files(make(groups.hanoi(0.01), 5)).frames["persons"]
    lengths = dict(persons.group_by(pl.col("born").str.len_chars()).len().iter_rows())
    assert set(lengths) == {4, 7, 10}
    assert lengths[4] > lengths[7] > 0


def test_shares_add_up_whatever_the_size() -> None:
    for total in (0, 1, 7, 2037, 203_733):
        assert share(total, [1, 2, 3, 0.1]).sum() == total
