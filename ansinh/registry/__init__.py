"""Persons, households and their dated facts (đối tượng, hộ gia đình)."""
