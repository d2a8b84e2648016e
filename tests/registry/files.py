"""A small register as files, complete and right, to be changed and broken."""
# ruff: noqa: E501 - a row is read in one line

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

Rows = list[dict[str, str]]


def register() -> dict[str, Rows]:
    """Mai and her son Nam in Ba Đình, her mother Lan in Lào Cai."""
    return {
        "persons": [
            {"person_key": "mai", "name": "Trần Thị Mai", "sex": "F", "born": "1990-05-04", "number": "001190000001",
             "old_number": "123456789", "ethnicity": "Kinh", "phone": "0912345678"},
            {"person_key": "nam", "name": "Nguyễn Văn Nam", "sex": "M", "born": "2020-02"},
            {"person_key": "lan", "name": "Đặng Thị Lan", "sex": "F", "born": "1945"},
        ],
        "households": [{"household_key": "H1"}, {"household_key": "H2"}],
        "residences": [
            {"household_key": "H1", "unit_code": "00004", "valid_from": "2025-07-01", "village": "Tổ 5"},
            {"household_key": "H2", "unit_code": "02647", "valid_from": "2025-07-01"},
        ],
        "members": [
            {"person_key": "mai", "household_key": "H1", "role": "HEAD", "valid_from": "2025-07-01"},
            {"person_key": "nam", "household_key": "H1", "role": "CHILD", "valid_from": "2025-07-01"},
            {"person_key": "lan", "household_key": "H2", "valid_from": "2025-07-01"},
        ],
        "relations": [
            {"person_key": "nam", "kind": "MOTHER", "other_key": "mai", "valid_from": "2020-02-01"},
            {"person_key": "nam", "kind": "RAISED_BY", "other_key": "mai", "valid_from": "2020-02-01"},
        ],
        "facts": [
            {"person_key": "mai", "fact": "disability", "value": "SEVERE", "valid_from": "2024-03-01",
             "document_kind": "Giấy xác nhận khuyết tật", "document_number": "12", "document_issuer": "UBND phường",
             "document_issued_on": "2024-02-20"},
            {"person_key": "mai", "fact": "disability_kinds", "value": "MOBILITY+VISION", "valid_from": "2024-03-01",
             "document_kind": "Giấy xác nhận khuyết tật", "document_number": "12", "document_issuer": "UBND phường",
             "document_issued_on": "2024-02-20"},
            {"person_key": "mai", "fact": "hiv", "value": "true", "valid_from": "2023-01-01"},
            {"person_key": "lan", "fact": "pension_vnd", "value": "450000", "valid_from": "2020-01-01"},
            {"person_key": "lan", "fact": "pension", "value": "false", "valid_from": "2020-01-01",
             "recorded_at": "2020-01-05", "superseded_at": "2020-02-05T08:30:00"},
            {"person_key": "lan", "fact": "pension", "value": "true", "valid_from": "2020-01-01",
             "recorded_at": "2020-02-05T08:30:00"},
        ],
        "household_facts": [
            {"household_key": "H1", "fact": "household_poverty", "value": "POOR", "valid_from": "2026-01-01",
             "valid_to": "2027-01-01"},
        ],
        "deaths": [{"person_key": "lan", "died_on": "2026-10-02"}],
    }  # fmt: skip


def write(directory: Path, files: dict[str, Rows], *, parquet: bool = False) -> Path:
    """Write the files, each with the columns that its rows have."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        if parquet:
            frame = pl.DataFrame({c: [row.get(c) or None for row in rows] for c in columns})
            frame.write_parquet(directory / f"{name}.parquet")
            continue
        with (directory / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return directory
