"""Rights to an allowance given by decisions, their levels, holders and recipients (quyết định trợ cấp)."""
