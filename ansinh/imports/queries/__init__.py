"""Questions about lists taken in (câu hỏi về các lần nhập)."""

from ansinh.imports.queries.screens import imports, is_interrupted, lines, one, phrases, unknown_phrases

__all__ = ["imports", "is_interrupted", "lines", "one", "phrases", "unknown_phrases"]
