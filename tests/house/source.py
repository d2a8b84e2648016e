"""Reading our own source: the modules of the rooms and what stands in them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# From the ground up; the two faces stand side by side.
FLOORS = (
    ("kernel",),
    ("rulebook",),
    ("db",),
    ("web",),
    ("geography",),
    ("accounts",),
    ("registry",),
    ("determinations",),
    ("grants",),
    ("payments",),
    ("imports",),
    ("simulations",),
    ("desk", "portal"),
)
FLOOR_OF = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
ROOMS = tuple(FLOOR_OF)


@dataclass(frozen=True)
class Module:
    """One Python file of a room."""

    path: Path

    @property
    def room(self) -> str:
        return self.path.relative_to(ROOT / "ansinh").parts[0]

    @property
    def storey(self) -> str:
        """models, logic, queries, operations, …: the file's name, or that of the folder it was split into."""
        return self.path.relative_to(ROOT / "ansinh").parts[1].removesuffix(".py")

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    def tree(self) -> ast.Module:
        return _parsed(self.path)

    def texts(self) -> Iterator[tuple[int, str]]:
        """The literal texts (SQL is among them), without the docstrings, with their lines."""
        return texts_of(self.tree())


def texts_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The literal texts of a file, without the docstrings, with their lines."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def modules(*, migrations: bool = False) -> list[Module]:
    """Every Python file of the rooms."""
    return [
        Module(path)
        for path in sorted((ROOT / "ansinh").glob("*/**/*.py"))
        if migrations or "migrations" not in path.parts
    ]


def own_files(*suffixes: str) -> list[Path]:
    """Every file of ours with one of the suffixes, nothing that was made or vendored."""
    made = {"var", "vendor", "__pycache__", ".venv", ".uv"}
    return [
        path
        for folder in ("ansinh", "config", "demo", "bench", "tests")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in suffixes and not made & set(path.relative_to(ROOT).parts)
    ]


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))
