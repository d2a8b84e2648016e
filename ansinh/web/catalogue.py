"""The English catalogues: found in templates and code, one a room, compiled without gettext's programs.

    python -m ansinh.web.catalogue      renew each room's locale/en (new sentences stay empty), compile it

A room's catalogue (`ansinh/<room>/locale/en`; `locale/en` for config) holds the sentences that the room
itself says. Vietnamese is the language of the source, so it needs no catalogue.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("locale", "en", "LC_MESSAGES")
HEADER = "Content-Type: text/plain; charset=UTF-8\\nContent-Transfer-Encoding: 8bit\\nLanguage: en\\n"
_CALLS = {"_", "gettext", "gettext_lazy"}
_IN_TEMPLATE = re.compile(
    r"""gettext\(u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)|_\(u?("(?:[^"\\]|\\.)*")\)"""
)


def rooms() -> dict[Path, list[Path]]:
    """Return the folder of each catalogue, with the files whose sentences it translates."""
    spoken = {
        room: [*room.rglob("*.html"), *room.rglob("*.py")] for room in sorted((ROOT / "ansinh").iterdir())
    }
    return {
        **{room / FOLDER: files for room, files in spoken.items() if files},
        ROOT / FOLDER: [*(ROOT / "config").glob("*.py")],
    }


def messages(files: list[Path]) -> dict[str, list[str]]:
    """Find every sentence to translate in some files, with the files that use it."""
    found: dict[str, list[str]] = {}
    for path in sorted(files):
        text = path.read_text(encoding="utf-8")
        sentences = _in_template(text) if path.suffix == ".html" else _in_code(text)
        for sentence in sentences:
            places = found.setdefault(sentence, [])
            name = str(path.relative_to(ROOT))
            if name not in places:
                places.append(name)
    return found


def read_po(path: Path) -> dict[str, str]:
    """Read a catalogue written by `write_po`."""
    entries: dict[str, str] = {}
    key, into = "", ""
    parts: dict[str, str] = {}
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if not line.strip() or line.startswith("#"):
            if "msgid" in parts:
                entries[parts["msgid"]] = parts.get("msgstr", "")
            parts, into = {}, ""
            continue
        match = re.fullmatch(r'(msgid|msgstr)?\s*("(?:[^"\\]|\\.)*")', line)
        if match is None:
            raise ValueError(f"{path.name}: cannot read {line!r}")
        key = match[1] or into
        into = key
        parts[key] = parts.get(key, "") + ast.literal_eval(match[2])
    entries.pop("", None)
    return entries


def write_po(path: Path, found: dict[str, list[str]], translations: dict[str, str]) -> None:
    """Write the catalogue, sentence by sentence in the order of the alphabet."""
    blocks = [f'msgid ""\nmsgstr "{HEADER}"\n']
    for sentence, places in sorted(found.items()):
        english = translations.get(sentence, "")
        blocks.append(f"#: {' '.join(places)}\nmsgid {_quoted(sentence)}\nmsgstr {_quoted(english)}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(blocks), encoding="utf-8")


def compiled(translations: dict[str, str]) -> bytes:
    """Compile a catalogue to the MO format."""
    pairs = {"": HEADER.replace("\\n", "\n")} | {key: text for key, text in translations.items() if text}
    keys = sorted(pairs, key=str.encode)
    ids = [key.encode() for key in keys]
    texts = [pairs[key].encode() for key in keys]
    count = len(keys)
    start = 28 + 16 * count
    tables, data = [], b""
    for strings in (ids, texts):
        for string in strings:
            tables.append(struct.pack("<II", len(string), start + len(data)))
            data += string + b"\0"
    head = struct.pack("<IIIIIII", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count)
    return head + b"".join(tables) + data


def main() -> int:
    """Renew the catalogues; tell what still waits for its English."""
    spoken = {folder: found for folder, files in rooms().items() if (found := messages(files))}
    kept: dict[str, str] = {}
    for folder in spoken:
        kept |= {key: text for key, text in translations(folder).items() if text}
    for folder, found in spoken.items():
        write_po(folder / "django.po", found, kept)
        (folder / "django.mo").write_bytes(compiled(translations(folder)))
    said = sorted(set().union(*spoken.values()))
    waiting = [sentence for sentence in said if not kept.get(sentence)]
    sys.stdout.write(f"{len(said)} sentences, {len(waiting)} without English\n")
    sys.stdout.write("".join(f"  {sentence}\n" for sentence in waiting))
    return 1 if waiting else 0


def translations(folder: Path) -> dict[str, str]:
    """Return what a catalogue translates; nothing where there is none."""
    path = folder / "django.po"
    return read_po(path) if path.is_file() else {}


def _in_template(text: str) -> Iterator[str]:
    for match in _IN_TEMPLATE.finditer(templatize(text)):
        yield ast.literal_eval(match[1] or match[2])


def _in_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _CALLS
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield node.args[0].value


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    sys.exit(main())
