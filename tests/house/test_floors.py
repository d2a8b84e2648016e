"""What import-linter cannot see: keys, links and rights between the rooms."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.source import FLOOR_OF, FLOORS, ROOMS, ROOT, modules

FORBIDDEN = {
    "core",
    "common",
    "utils",
    "util",
    "helpers",
    "services",
    "service",
    "base",
    "misc",
    "shared",
    "lib",
}


def test_every_room_is_on_a_floor_and_has_a_proper_name() -> None:
    built = {path.parent.name for path in (ROOT / "ansinh").glob("*/__init__.py")}
    assert built <= set(ROOMS), "a new room needs its floor in tests/house/source.py and pyproject.toml"
    assert not built & FORBIDDEN


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [m.name for m in modules() if FORBIDDEN & {m.path.stem, m.path.parent.name}] == []


def test_a_room_says_in_one_docstring_what_it_owns() -> None:
    wrong = []
    for path in (ROOT / "ansinh").glob("*/__init__.py"):
        body = ast.parse(path.read_text()).body
        if len(body) != 1 or not isinstance(body[0], ast.Expr):
            wrong.append(path.parent.name)
    assert wrong == []


def test_foreign_keys_point_down_and_leave_no_name_behind() -> None:
    wrong = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                continue
            here, there = model._meta.app_label, field.related_model._meta.app_label
            if here not in FLOOR_OF or there not in FLOOR_OF or here == there:
                continue
            if FLOOR_OF[there] >= FLOOR_OF[here]:
                wrong.append(f"{model.__name__}.{field.name} points up or sideways to {there}")
            if not str(field.remote_field.related_name or "").endswith("+"):
                wrong.append(f'{model.__name__}.{field.name} crosses rooms without related_name="+"')
    assert wrong == []


@pytest.mark.django_db
def test_keys_made_by_hand_in_sql_point_down_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select conname, conrelid::regclass::text, confrelid::regclass::text
               from pg_constraint where contype = 'f'"""
        )
        keys = cursor.fetchall()
    room = {
        model._meta.db_table: model._meta.app_label for model in apps.get_models(include_auto_created=True)
    }
    wrong = []
    for name, table, target in keys:
        here = room.get(table, table.split("_")[0])
        there = room.get(target, target.split("_")[0])
        if here in FLOOR_OF and there in FLOOR_OF and here != there and FLOOR_OF[there] >= FLOOR_OF[here]:
            wrong.append(f"{name}: {table} -> {target}")
    assert wrong == []


def test_templates_extend_include_and_link_down_or_sideways() -> None:
    """The one exception: the frame of every page shows the way in and out."""
    way_in_and_out = {("ansinh/web/templates/web/base.html", "accounts")}
    linked = re.compile(r"""\{%\s*(?:url|extends|include)\s+["'](\w+)[:/]""")
    wrong = [
        f"{path.relative_to(ROOT)}: {room}"
        for path in sorted((ROOT / "ansinh").glob("*/templates/**/*.html"))
        for room in linked.findall(path.read_text(encoding="utf-8"))
        if (str(path.relative_to(ROOT)), room) not in way_in_and_out
        and (room not in FLOOR_OF or FLOOR_OF[room] > FLOOR_OF[path.relative_to(ROOT / "ansinh").parts[0]])
    ]
    assert wrong == []


def test_a_room_is_entered_by_its_doors() -> None:
    """Another room's queries, operations, models and logic; nobody's views, forms or commands."""
    open_to_all = {"kernel", "rulebook", "db", "web"}
    doors = {"queries", "operations", "models", "logic", "access"}
    wrong = []
    for module in modules():
        for target in _imports(module.tree()):
            parts = target.split(".")
            if parts[0] != "ansinh" or len(parts) < 3 or parts[1] in open_to_all | {module.room}:
                continue
            if parts[2] not in doors:
                wrong.append(f"{module.name} imports {target}")
    assert wrong == []


def test_tables_come_after_the_roles() -> None:
    """Default privileges hold for tables made later, so every room's first migration comes after db's."""
    graph = MigrationLoader(None).graph
    late = [
        key
        for key in graph.root_nodes()
        if key[0] in FLOOR_OF
        and key[0] != "db"
        and ("db", "0001_roles_and_extensions") not in graph.forwards_plan(key)
    ]
    assert late == []


def test_every_page_says_who_may_see_it() -> None:
    silent = [name for name, view in _views(get_resolver().url_patterns) if not getattr(view, "door", None)]
    assert silent == []


def test_floors_and_import_contracts_agree() -> None:
    contract = (ROOT / "pyproject.toml").read_text().partition("layers = [")[2].partition("]")[0]
    listed = [set(re.findall(r"\w+", line)) for line in re.findall(r'"([^"]+)"', contract)]
    assert listed == [set(floor) for floor in reversed(FLOORS)]


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _views(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield str(pattern.pattern), pattern.callback
