"""Figures of section 9 (số đo): `make bench` measures them and writes docs/benchmarks.md."""
