"""Questions about lists taken in (câu hỏi về các lần nhập)."""

from ansinh.imports.queries.screens import imports, lines, one, phrases, unknown_phrases

__all__ = ["imports", "lines", "one", "phrases", "unknown_phrases"]
