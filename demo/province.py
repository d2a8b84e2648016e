"""One province, made: people, homes, what the register knows of them, what the law must answer."""

from __future__ import annotations

from dataclasses import dataclass

from demo import answers, families, fates, papers, places, planted
from demo.anchors import anchors
from demo.chance import Bools, Chance
from demo.crowd import Crowd, Households
from demo.groups import Plan
from demo.papers import Facts
from demo.places import Home, Places
from demo.planted import Listed


@dataclass(frozen=True, slots=True)
class Province:
    """Everything the generator knows of one province."""

    plan: Plan
    chance: Chance
    crowd: Crowd
    households: Households
    where: Places
    home: Home
    remote: Bools
    """By household."""
    facts: Facts
    household_facts: Facts
    listed: Listed

    def situation(self) -> answers.Situation:
        """Collect those about whom the law may say yes."""
        return answers.situation(self.crowd, self.households, self.remote, self.plan.province)


def make(plan: Plan, seed: int) -> Province:
    """Make a province: the same plan and seed, the same people."""
    chance = Chance(seed, plan.province)
    made = anchors(plan, chance)
    fates.newcomers(plan, chance, made)
    fates.poverty(plan, chance, made.households)
    child = families.fill(plan, chance, made)
    fates.befall(plan, chance, made, child)
    listed = planted.plant(plan, chance, made.crowd, made.households)
    where = places.places(plan.province)
    home = places.settle(chance, where, made.households.remote, plan.unsaid)
    remote = where.remote[home.place]
    return Province(
        plan=plan,
        chance=chance,
        crowd=made.crowd,
        households=made.households,
        where=where,
        home=home,
        remote=remote,
        facts=papers.person_facts(plan, chance, made.crowd, made.households),
        household_facts=papers.household_facts(plan, chance, made.households, remote),
        listed=listed,
    )
