"""Questions about lists taken in (câu hỏi về các lần nhập)."""

from ansinh.imports.queries.screens import (
    causes,
    imports,
    lines,
    one,
    phrases,
    results,
    unknown_phrases,
    written,
)

__all__ = ["causes", "imports", "lines", "one", "phrases", "results", "unknown_phrases", "written"]
