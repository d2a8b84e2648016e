"""The law as dated data: instruments in, entitlements with their articles out (quy định pháp luật)."""
