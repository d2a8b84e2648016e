"""Words everyone shares: months, đồng, names, citizen numbers, refusals. Pure; knows no room."""
