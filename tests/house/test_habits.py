"""The habits of the house: who writes, who reads the clock, what a file may weigh."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT, Module, modules, own_files, texts_of

WRITES_SQL = re.compile(
    r"^\s*(with\b.*)?\b(insert\s+into\s+(?!pg_temp\.)|update\s+\w+(\s+\w+)?\s+set|delete\s+from|merge\s+into|truncate\b"
    r"|copy\s+\S+.*\bfrom\s+stdin)",
    re.IGNORECASE | re.DOTALL,
)
CLOCK_SQL = re.compile(
    r"\b(now\(\)|current_date\b|current_timestamp\b|localtimestamp\b|statement_timestamp)", re.I
)
ALWAYS_WRITE = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
WRITE_ON_QUERYSETS = {"create", "update", "delete"}
LONGEST_FILE = 500


def test_only_operations_write() -> None:
    """Models, queries, forms, views, commands do not; `db` is the plumbing that operations write through."""
    wrong = [
        f"{module.name}:{line} {what}"
        for module in modules()
        if module.room != "db" and module.storey != "operations"
        for line, what in _writes(module.tree(), module.texts())
    ]
    assert wrong == []


def test_only_the_clock_reads_the_clock() -> None:
    """`clock_timestamp()` under a lock is the database's stamp on a record; nothing else asks the time."""
    asking = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today")}
    asking |= {("timezone", "now"), ("time", "time")}
    converting = {("timezone", "localdate"), ("timezone", "localtime")}  # with a value they read no clock
    wrong = []
    for module in modules():
        if module.name == "ansinh/web/clock.py":
            continue
        for node in ast.walk(module.tree()):
            if isinstance(node, ast.Attribute) and _dotted(node) in asking:
                wrong.append(f"{module.name}:{node.lineno} {ast.unparse(node)}")
            if isinstance(node, ast.Call) and _dotted(node.func) in converting and not node.args:
                wrong.append(f"{module.name}:{node.lineno} {ast.unparse(node)}")
            if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
                wrong.append(f"{module.name}:{node.value.lineno} {node.arg}")
        wrong += [
            f"{module.name}:{line} SQL clock" for line, text in module.texts() if CLOCK_SQL.search(text)
        ]
    assert wrong == []


def test_a_right_is_asked_of_accounts_and_never_read_off_a_role() -> None:
    """`accounts.queries.may` and `rights_of` know delegations and closed accounts; a role alone does not."""
    officers = {"user", "by", "who", "officer", "giver", "reader", "signer"}
    wrong = []
    for module in modules():
        if module.room == "accounts":
            continue
        for node in ast.walk(module.tree()):
            if isinstance(node, ast.Attribute) and node.attr == "role":
                owner = node.value.attr if isinstance(node.value, ast.Attribute) else ast.unparse(node.value)
                if owner in officers:
                    wrong.append(f"{module.name}:{node.lineno} {ast.unparse(node)}")
            if isinstance(node, ast.ImportFrom) and node.module == "ansinh.accounts.logic":
                names = {alias.name for alias in node.names} & {"may", "RIGHTS", "delegable"}
                wrong += [f"{module.name}:{node.lineno} {name}" for name in sorted(names)]
    assert wrong == []


def test_operations_are_called_by_name() -> None:
    """A public operation takes keywords only: a call reads as a sentence, and arguments cannot be swapped."""
    wrong = [
        f"{module.name}:{node.lineno} {node.name}"
        for module in modules()
        if module.storey == "operations"
        for node in _offered(module)
        if len(node.args.args) + len(node.args.posonlyargs) > 1
    ]
    assert wrong == []


def test_the_core_imports_only_what_it_says() -> None:
    allowed = {"polars", "sqlglot", "numpy", "ansinh"} | sys.stdlib_module_names
    wrong = []
    for module in modules():
        if module.room not in ("kernel", "rulebook"):
            continue
        for node in ast.walk(module.tree()):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                own = allowed | ({"click"} if module.storey == "commands" else set())
                if name.split(".")[0] not in own:
                    wrong.append(f"{module.name} imports {name}")
    assert wrong == []


def test_a_model_ends_its_docstring_with_its_vietnamese_name() -> None:
    wrong = []
    for module in modules():
        if module.storey != "models":
            continue
        for node in ast.walk(module.tree()):
            if isinstance(node, ast.ClassDef) and any("Model" in ast.unparse(base) for base in node.bases):
                first = (ast.get_docstring(node) or "").split("\n\n")[0]
                if not re.search(r"\([^()]+\)", first):
                    wrong.append(f"{module.name}:{node.lineno} {node.name}")
    assert wrong == []


def test_no_file_is_longer_than_one_can_read() -> None:
    """Split it by noun; a file that is better whole says `Long because …` in its first lines."""
    wrong = []
    for path in own_files(".py", ".html", ".js", ".css"):
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > LONGEST_FILE and "Long because" not in "\n".join(lines[:30]):
            wrong.append(f"{path.relative_to(ROOT)}: {len(lines)} lines")
    assert wrong == []


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    declared = tomllib.loads(text)
    names = [*declared["project"]["dependencies"]]
    for group in declared["dependency-groups"].values():
        names += group
    silent = []
    lines = text.splitlines()
    for name in names:
        at = next(number for number, line in enumerate(lines) if f'"{name}"' in line)
        above = at - 1
        while lines[above].strip().startswith('"'):  # one comment may stand over a few that belong together
            above -= 1
        if not lines[above].strip().startswith("#"):
            silent.append(name)
    assert silent == []


def test_todo_names_an_issue() -> None:
    loose = re.compile(r"(#|//|\{#)\s*(TODO|FIXME|XXX)\b(?!.*#\d+)")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in own_files(".py", ".html", ".js", ".css", ".toml")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if loose.search(line)
    ]
    assert wrong == []


WRITING = [
    "person.save()",
    "Person.objects.filter(id=1).update(name='x')",
    "Person.objects.create(name='x')",
    "grants.objects.bulk_create(rows)",
    "run('INSERT INTO person values (1)')",
    "run('with a as (select 1) insert into person select * from a')",
    "run('update person set name = 1')",
    "run('update person p set name = 1')",
    "run('delete from only person')",
    "run('copy person (id) from stdin')",
]
READING = [
    "seen.update(b'x')",
    "rows.append(1)",
    "run('select updated_at from person')",
    "run('insert into pg_temp.packed select 1')",
    '"""insert into a"""',
]


@pytest.mark.parametrize("code", WRITING)
def test_the_guard_sees_writing(code: str) -> None:
    tree = ast.parse(code)
    assert list(_writes(tree, texts_of(tree)))


@pytest.mark.parametrize("code", READING)
def test_the_guard_lets_reading_be(code: str) -> None:
    tree = ast.parse(code)
    assert not list(_writes(tree, texts_of(tree)))


def _writes(tree: ast.Module, texts: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            verb = node.func.attr
            if verb in ALWAYS_WRITE or (
                verb in WRITE_ON_QUERYSETS and "objects" in ast.unparse(node.func.value)
            ):
                yield node.lineno, f".{verb}()"
    for line, text in texts:
        if WRITES_SQL.search(text):
            yield line, "SQL that writes"


def _offered(module: Module) -> Iterator[ast.FunctionDef]:
    """The operations of a room: what operations.py or operations/__init__.py defines, or lists in __all__."""
    names: set[str] | None = None
    if module.path.parent.name == "operations" and module.path.stem != "__init__":
        door = (module.path.parent / "__init__.py").read_text(encoding="utf-8")
        listed = re.search(r"^__all__ = [\[(](.*?)[\])]", door, re.DOTALL | re.MULTILINE)
        names = set(re.findall(r"\w+", listed[1])) if listed else set()
    for node in module.tree().body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        if names is None or node.name in names:
            yield node


def _dotted(node: ast.expr) -> tuple[str, str] | None:
    """The last two names of `a.b.c`: ("b", "c")."""
    if not isinstance(node, ast.Attribute):
        return None
    owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return owner, node.attr
