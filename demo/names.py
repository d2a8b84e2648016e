"""Names of synthetic people (họ tên): word lists of our own, weighted, by people, sex and generation.

No list of real persons was used. The word lists hold no combination that names a well-known living person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.chance import Bools, Ints, pick

SURNAMES = (
    ("Nguyễn", 38.0), ("Trần", 11.0), ("Lê", 9.5), ("Phạm", 7.0), ("Hoàng", 4.2), ("Vũ", 3.9), ("Bùi", 2.8),
    ("Đỗ", 2.6), ("Đặng", 2.1), ("Ngô", 1.7), ("Dương", 1.6), ("Phan", 1.5), ("Đinh", 1.2), ("Đào", 1.1),
    ("Trịnh", 1.0), ("Lý", 0.8), ("Đoàn", 0.8), ("Mai", 0.7), ("Lương", 0.7), ("Trương", 0.7), ("Hà", 0.7),
    ("Hồ", 0.6), ("Lưu", 0.6), ("Chu", 0.6), ("Cao", 0.5), ("Tạ", 0.5), ("Phùng", 0.5), ("Quách", 0.4),
    ("Võ", 0.4), ("Kiều", 0.4), ("Tô", 0.3), ("Nghiêm", 0.3), ("Khuất", 0.3), ("Thái", 0.3), ("Vương", 0.3),
    ("Bạch", 0.2), ("Đàm", 0.2),
)  # fmt: skip
"""The 37 commonest, in per cent."""

GENERATIONS = (1955, 1980, 2000)
"""Born before: the old, the parents of the war and after, their children; the rest are the young."""

FEMALE_THI = (0.85, 0.85, 0.60, 0.25)
"""Share of women whose middle name is Thị, by generation."""

_FEMALE_MIDDLE = (
    ("Kim", "Bích", "Tuyết", "Ngọc"),
    ("Thanh", "Kim", "Thu", "Bích", "Hồng", "Ngọc", "Mỹ"),
    ("Thu", "Thanh", "Hồng", "Ngọc", "Phương", "Minh", "Hoài", "Kiều", "Thùy"),
    ("Ngọc", "Minh", "Bảo", "Khánh", "Phương", "Thảo", "Gia", "Quỳnh", "Hà", "Diệu", "Tường", "Hải"),
)
_FEMALE_GIVEN = (
    ("Lan", "Hoa", "Nụ", "Tý", "Sen", "Bưởi", "Nhàn", "Tẹo", "Chanh", "Gái", "Mùi", "Thìn", "Tỵ", "Ngọ",
     "Dần", "Hợi", "Xuyến", "Lựu", "Đào", "Cúc", "Mận", "Thơm", "Nhớn", "Bé", "Vân", "Liên", "Mão",
     "Viên", "Sửu",
     "Hiền", "Thoa", "Tám", "Ngát", "Chắt", "Lý", "Đức", "Bình", "Tâm", "Hảo", "Yến"),
    ("Lan", "Hoa", "Hương", "Nga", "Hà", "Thủy", "Hằng", "Dung", "Loan", "Thu", "Liên", "Hạnh", "Bình", "Tâm",
     "Hòa", "Mai", "Oanh", "Tuyết", "Minh", "Phương", "Vân", "Yến", "Thanh", "Xuân", "Hiền", "Nhung", "Lý",
     "Thơm", "Huệ", "Sửu", "Thúy", "Hồng", "Phượng", "Nhàn", "Lụa"),
    ("Hương", "Trang", "Linh", "Hà", "Huyền", "Thảo", "Ngọc", "Hằng", "Nga", "Thu", "Thủy", "Giang", "Quỳnh",
     "Nhung", "Mai", "Lan", "Phương", "Yến", "Vân", "Anh", "Dung", "Hạnh", "Hồng", "Ánh", "Duyên", "Hiền",
     "Tuyến", "Thùy", "Ngân", "Hoa", "Loan", "Hoài", "Trinh", "Oanh", "Xuyến"),
    ("Linh", "Anh", "Chi", "Trang", "Ngân", "Hân", "Vy", "Thảo", "Nhi", "My", "Hà", "Ngọc", "Châu", "An",
     "Giang", "Uyên", "Diệp", "Khuê", "Trâm", "Như", "Yến", "Mai", "Thư", "Phương", "Quyên", "Đan", "Lam",
     "Vân", "Hiền", "Ly"),
)  # fmt: skip
_MALE_MIDDLE = (
    (("Văn", 72), ("Đình", 5), ("Đức", 5), ("Hữu", 5), ("Công", 4), ("Bá", 3), ("Trọng", 2), ("Viết", 2),
     ("Ngọc", 2)),
    (("Văn", 60), ("Đình", 6), ("Đức", 8), ("Hữu", 6), ("Công", 4), ("Quang", 5), ("Bá", 2), ("Thế", 3),
     ("Ngọc", 3), ("Duy", 3)),
    (("Văn", 35), ("Đức", 12), ("Hữu", 6), ("Quang", 9), ("Minh", 8), ("Thanh", 6), ("Tuấn", 5), ("Mạnh", 6),
     ("Thế", 4), ("Duy", 5), ("Xuân", 2), ("Anh", 2)),
    (("Minh", 16), ("Gia", 12), ("Đức", 12), ("Quang", 9), ("Tuấn", 7), ("Hoàng", 8), ("Bảo", 7), ("Văn", 8),
     ("Hải", 6), ("Nhật", 5), ("Duy", 6), ("Đăng", 4)),
)  # fmt: skip
_MALE_GIVEN = (
    ("Bảy", "Ba", "Tư", "Sáu", "Tám", "Chín", "Tý", "Thìn", "Ngọ", "Dần", "Mão", "Sửu", "Tuất", "Lợi",
     "Thành",
     "Cường", "Hiền", "Vinh", "Quý", "Tiến", "Thắng", "Hòa", "Bình", "Đạo", "Khoa", "Phán", "Chất", "Lực",
     "Kháng", "Chiến", "Nghĩa", "Lễ", "Tín", "Khuê", "Cẩn", "Đễ"),
    ("Hùng", "Dũng", "Tuấn", "Hải", "Sơn", "Thắng", "Cường", "Bình", "Minh", "Thành", "Long", "Quang", "Hòa",
     "Hà", "Tiến", "Lợi", "Đông", "Nam", "Chiến", "Thái", "Việt", "Toàn", "Khánh", "Vinh", "Hiếu", "Trung",
     "Đoàn", "Phương", "Quyết", "Mạnh", "Lâm", "Sáng"),
    ("Tuấn", "Hùng", "Dũng", "Nam", "Anh", "Minh", "Long", "Hải", "Sơn", "Thắng", "Cường", "Hiếu", "Trung",
     "Thành", "Đạt", "Quân", "Hưng", "Khánh", "Tùng", "Linh", "Việt", "Duy", "Kiên", "Toàn", "Phong", "Huy",
     "Đức", "Mạnh", "Tú", "Giang"),
    ("Anh", "Huy", "Khang", "Bảo", "Minh", "Phong", "Khôi", "Nam", "Quân", "Đạt", "Long", "Dũng", "Nhật",
     "Khánh", "Kiên", "Hiếu", "Hưng", "Lâm", "Tùng", "Việt", "Duy", "An", "Thiên", "Tú", "Sơn", "Đức", "Vinh",
     "Khoa", "Trí", "Phát"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Custom:
    """How another people of the mountains names itself: surnames, then middle and given names by sex.

    An empty middle name leaves it out.
    """

    surnames: tuple[str, ...]
    male_middle: tuple[str, ...]
    male_given: tuple[str, ...]
    female_middle: tuple[str, ...]
    female_given: tuple[str, ...]


_NORTHERN_GIVEN_MALE = (
    "Bình", "Chức", "Đoàn", "Hiệp", "Khảm", "Lưu", "Ngoan", "Nhất", "Phúc", "Quyền", "Sáng", "Thịnh", "Thông",
    "Toản", "Tướng", "Vượng", "Xuân", "Yên",
)  # fmt: skip
_NORTHERN_GIVEN_FEMALE = (
    "Biên", "Cúc", "Diệp", "Én", "Hảo", "Hoan", "Lả", "Liên", "Mây", "Nga", "Ngoan", "Phin", "Sinh", "Thắm",
    "Thiết", "Vui", "Xuân", "Xoan",
)  # fmt: skip

CUSTOMS: dict[str, Custom] = {
    "Mông": Custom(
        ("Giàng", "Vàng", "Sùng", "Thào", "Hảng", "Lý", "Mùa", "Tráng", "Má", "Cư", "Lù", "Chấu", "Hờ"),
        ("A",),
        ("Sử", "Páo", "Dơ", "Chư", "Tủa", "Lử", "Sáng", "Sình", "Dế", "Pháng", "Lầu", "Của", "Nhà", "Giống",
         "Tếnh", "Chống", "Vảng", "Thái", "Sếnh", "Cáng", "Lềnh", "Phềnh"),
        ("Thị",),
        ("Mỷ", "Dợ", "Súa", "Sáy", "Chúa", "Pàng", "Xay", "Di", "Dinh", "Sông", "Máy", "Ghếnh", "Gánh",
         "Chía",
         "Sao", "Dở", "Sua", "Mảy", "Chở", "Lỳ"),
    ),
    "Dao": Custom(
        ("Bàn", "Triệu", "Đặng", "Phùng", "Lý", "Chảo", "Tẩn", "Phàn", "Dương"),
        ("Láo", "Văn", "Phù", "Dào", "Kim", "Tiến", "Hữu"),
        ("Tả", "San", "Sử", "Lở", "Ú", "Chiêu", "Tài", "Kinh", "Sơn", "Vạng", "Chài", "Phúc", "Nhàn"),
        ("Mùi", "Thị", "Tả", "Lở"),
        ("Mẩy", "Pham", "Nái", "Líu", "Khé", "Nhậy", "Chài", "Ghển", "Mụi", "Lai", "Coi", "Kiều"),
    ),
    "Tày": Custom(
        ("Hoàng", "Nông", "Hà", "Hứa", "Ma", "Lương", "Vi", "La", "Bế", "Lộc", "Nguyễn", "Hoàng"),
        ("Văn", "Văn", "Đình", "Đức", "Quốc"), _NORTHERN_GIVEN_MALE,
        ("Thị", "Thị", "Thị", "Thu"), _NORTHERN_GIVEN_FEMALE,
    ),
    "Nùng": Custom(
        ("Nông", "Vương", "Lù", "Lùng", "Hoàng", "Thèn", "Sần", "Nùng", "Lục"),
        ("Văn", "Seo", "Chẩn", "Đức"), _NORTHERN_GIVEN_MALE,
        ("Thị", "Thị", "Seo"), _NORTHERN_GIVEN_FEMALE,
    ),
    "Thái": Custom(
        ("Lò", "Hà", "Cầm", "Lường", "Quàng", "Tòng", "Vi", "Hoàng", "Cà", "Lự", "Đèo"),
        ("Văn", "Văn", "Văn", "Đức"), (*_NORTHERN_GIVEN_MALE, "Ín", "Pâng", "Ơn", "Thoan"),
        ("Thị",), (*_NORTHERN_GIVEN_FEMALE, "Ín", "Ơn", "Pỏm", "Inh"),
    ),
    "Giáy": Custom(
        ("Vàng", "Lù", "Phan", "Hoàng", "Lồ", "Vùi", "Sần"),
        ("Văn", "Seng", "Sín"), _NORTHERN_GIVEN_MALE,
        ("Thị",), (*_NORTHERN_GIVEN_FEMALE, "Chín", "Vinh", "Pin"),
    ),
    "Mường": Custom(
        ("Bùi", "Đinh", "Quách", "Hà", "Phùng", "Bạch", "Cao", "Xa"),
        ("Văn", "Văn", "Đức", "Công"), _NORTHERN_GIVEN_MALE,
        ("Thị",), _NORTHERN_GIVEN_FEMALE,
    ),
    "Ê Đê": Custom(
        ("Y",), ("",),
        ("Bhiu Niê", "Thim Byă", "Wam Êban", "Ngơi Mlô", "Tluân Kbuôr", "Djuên Ayŭn", "Blô Hđơk", "Săm Ktla"),
        ("",),
        ("H'Bia Niê", "H'Lim Byă", "H'Rôn Êban", "H'Nga Mlô", "H'Wen Kbuôr", "H'Djuôl Ayŭn", "H'Blă Hđơk"),
    ),
    "Khmer": Custom(
        ("Thạch", "Danh", "Kim", "Sơn", "Lâm", "Kiên", "Châu", "Lý"),
        ("",), ("Sóc", "Rương", "Phol", "Sa Rane", "Thươl", "Huynh", "Ươl", "Sà Rinh", "Đa Ra"),
        ("Thị", "Thị", ""), ("Sa Rết", "Nhiên", "Sô Phi", "Huôl", "Pha", "Na Ri", "Sa Mết", "Đa"),
    ),
}  # fmt: skip


def full_names(
    rng: np.random.Generator, female: Bools, birth_year: Ints, people: np.ndarray, surname: np.ndarray
) -> np.ndarray:
    """Compose names as they are declared: family name, middle name, given name.

    `people` (dân tộc) is text per person; `surname` what `surnames` drew, so that a family can share one.
    """
    generation = np.searchsorted(np.asarray(GENERATIONS), birth_year, side="right")
    middle = np.full(len(female), "", dtype=object)
    given = np.full(len(female), "", dtype=object)
    draw = rng.random((3, len(female)))
    kinh = ~np.isin(people, list(CUSTOMS))
    for born, women_middle in enumerate(_FEMALE_MIDDLE):
        women = np.flatnonzero(kinh & female & (generation == born))
        chosen = _of(women_middle, draw[1, women])
        middle[women] = np.where(draw[0, women] < FEMALE_THI[born], "Thị", chosen)
        given[women] = _of(_FEMALE_GIVEN[born], draw[2, women])
        men = np.flatnonzero(kinh & ~female & (generation == born))
        words, weights = zip(*_MALE_MIDDLE[born], strict=True)
        edges = np.cumsum(weights) / sum(weights)
        at = np.minimum(np.searchsorted(edges, draw[1, men], side="right"), len(words) - 1)
        middle[men] = np.asarray(words, dtype=object)[at]
        given[men] = _of(_MALE_GIVEN[born], draw[2, men])
    for name, custom in CUSTOMS.items():
        men = np.flatnonzero((people == name) & ~female)
        middle[men], given[men] = _of(custom.male_middle, draw[1, men]), _of(custom.male_given, draw[2, men])
        women = np.flatnonzero((people == name) & female)
        middle[women] = _of(custom.female_middle, draw[1, women])
        given[women] = _of(custom.female_given, draw[2, women])
    alone = np.isin(given, ["Bhiu Niê"]) | np.char.startswith(given.astype(str), "H'")
    family = np.where(alone & female, "", surname)
    joined = pl.select(
        pl.concat_str(
            [pl.Series(words, dtype=pl.String) for words in (family, middle, given)],
            separator=" ",
        ).str.replace_all("  ", " ", literal=True).str.strip_chars()
    )  # fmt: skip
    return joined.to_series().to_numpy()


def surnames(rng: np.random.Generator, people: np.ndarray) -> np.ndarray:
    """Draw a family name for each, by the custom of their people."""
    words, weights = zip(*SURNAMES, strict=True)
    drawn = np.asarray(words, dtype=object)[pick(rng, weights, len(people))]
    turn = rng.random(len(people))
    for name, custom in CUSTOMS.items():
        of_them = np.flatnonzero(people == name)
        drawn[of_them] = _of(custom.surnames, turn[of_them])
    return drawn


def _of(words: tuple[str, ...], draw: np.ndarray) -> np.ndarray:
    return np.asarray(words, dtype=object)[(draw * len(words)).astype(np.int64)]
