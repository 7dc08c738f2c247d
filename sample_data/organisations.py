"""Invented organisations, their classes and loans: names that sound right and belong to nobody.

An organisation is founded once and keeps its name, place and codes; what changes between two reporting dates
is its `Standing`. Counts are given by the caller and met exactly; everything else follows from a hash of the
organisation's key (see `draws`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from sample_data.areas import District
from sample_data.draws import between, choose, day, draw, pick, shares

# Two-syllable words of good omen, as cooperatives like to be called.
_FIRST = (
    "An", "Bình", "Đại", "Đồng", "Hòa", "Hồng", "Hưng", "Long", "Minh", "Nam", "Ngọc", "Phú", "Phước", "Quang",
    "Sơn", "Tâm", "Tân", "Thanh", "Thành", "Thắng", "Thiên", "Thuận", "Tiến", "Trường", "Vạn", "Việt", "Vĩnh", "Xuân",
)  # fmt: skip
_SECOND = (
    "An", "Cường", "Đạt", "Điền", "Hải", "Hưng", "Khang", "Khánh", "Lâm", "Lộc", "Lợi", "Mỹ", "Nghĩa", "Nguyên", "Nông",
    "Phát", "Phong", "Phú", "Phúc", "Sang", "Sinh", "Tài", "Thịnh", "Tín", "Vinh", "Xanh",
)  # fmt: skip
_AGRICULTURE = ("Nông nghiệp", "Dịch vụ Nông nghiệp", "Nông nghiệp sạch", "Sản xuất và Tiêu thụ nông sản", "Chăn nuôi")
_OTHER_SECTORS = {
    "Công nghiệp - TTCN": "Tiểu thủ công nghiệp",
    "Xây dựng": "Xây dựng",
    "Thương mại - Dịch vụ": "Thương mại Dịch vụ",
    "Vận tải": "Vận tải",
    "Môi trường": "Vệ sinh môi trường",
}
AGRICULTURE = "Nông nghiệp"
CREDIT = "Tín dụng"
COOPERATIVE, CREDIT_FUND, UNION = "Hợp tác xã", "Quỹ tín dụng nhân dân", "Liên hiệp hợp tác xã"


@dataclasses.dataclass(frozen=True)
class Cohort:
    """``count`` organisations founded from ``first`` to ``last``, ``agricultural`` of them in agriculture."""

    first: dt.date
    last: dt.date
    count: int
    agricultural: int
    kind: str = COOPERATIVE


@dataclasses.dataclass(frozen=True)
class Organisation:
    """What does not change: who it is, since when, and where."""

    key: str
    name: str
    kind: str
    sector: str
    founded_on: dt.date
    district: str
    commune: str
    commune_today: str
    tax_code: str
    registration_no: str


@dataclasses.dataclass(frozen=True)
class Standing:
    """An organisation at one reporting date. Money in million VND; marks are facts, not empty cells."""

    organisation: Organisation
    active: bool
    members: int
    workers: int
    capital: int
    revenue: int
    profit: int
    income: float
    rating: str
    linked: bool
    high_tech: bool
    gap: bool
    ocop_stars: int | None

    @property
    def agricultural(self) -> bool:
        return self.organisation.sector == AGRICULTURE


@dataclasses.dataclass(frozen=True)
class Marks:
    """How many agricultural cooperatives carry each mark, and how many organisations are active."""

    active: int
    linked: int = 0
    high_tech: int = 0
    gap: int = 0
    ocop: int = 0
    rated_fair_or_better_pct: int = 60


def found(province: str, tax_prefix: str, area: Sequence[District], cohorts: Sequence[Cohort]) -> list[Organisation]:
    """The organisations of a province, cohort by cohort; names are unique within the province."""
    organisations: list[Organisation] = []
    names: set[str] = set()
    for cohort_no, cohort in enumerate(cohorts):
        for number in range(cohort.count):
            key = f"{province}/{cohort_no}/{number}"
            sector = _sector(cohort, number, key)
            district = pick(area, key, "district")
            name = next(
                candidate
                for attempt in range(10_000)
                if (candidate := _name(cohort.kind, sector, f"{key}/{attempt}")) not in names
            )
            names.add(name)
            serial = len(organisations) + 1
            organisations.append(
                Organisation(
                    key=key,
                    name=name,
                    kind=cohort.kind,
                    sector=sector,
                    founded_on=day(cohort.first, cohort.last, key, "founded"),
                    district=district.name,
                    commune=pick(district.communes, key, "commune"),
                    commune_today=pick(district.communes_today, key, "commune"),
                    tax_code=_tax_code(f"00{tax_prefix}{serial:05d}"),
                    registration_no=f"{tax_prefix}07{serial:06d}",
                )
            )
    return organisations


def standings(
    organisations: Sequence[Organisation],
    on: dt.date,
    marks: Marks,
    *,
    mean_revenue: int = 1_500,
    mean_income: float = 4.5,
    growth: float = 1.0,
) -> list[Standing]:
    """Every organisation at a reporting date, with exact counts of active ones and of marks.

    ``mean_revenue`` (million VND) and ``mean_income`` (million VND a month) are plain means over all
    organisations, met exactly (income: to 0.1 on the last organisation). ``growth`` scales membership.
    """
    by_key = {organisation.key: organisation for organisation in organisations}
    keys = list(by_key)
    active = set(choose(keys, marks.active, "active"))
    farms = [key for key in keys if by_key[key].sector == AGRICULTURE and key in active]
    linked = set(choose(farms, marks.linked, "linked"))
    high_tech = set(choose(farms, marks.high_tech, "high tech"))
    gap = set(choose(farms, marks.gap, "gap"))
    ocop = set(choose(farms, marks.ocop, "ocop"))
    # Organisations younger than twelve months and those that stopped are not rated (Thông tư 01/2020/TT-BKHĐT).
    rated = [key for key in keys if key in active and (on - by_key[key].founded_on).days >= 365]
    fair = set(choose(rated, round(len(rated) * marks.rated_fair_or_better_pct / 100), "rating"))
    revenues = shares(mean_revenue * len(keys), len(keys), on, "revenue", step=10)
    incomes = [value / 10 for value in shares(round(mean_income * 10 * len(keys)), len(keys), on, "income")]
    return [
        Standing(
            organisation=by_key[key],
            active=key in active,
            members=round(between(7, 260, key, "members") * growth),
            workers=between(6, 48, key, "workers"),
            capital=between(5, 120, key, "capital") * 50,
            revenue=revenue,
            profit=round(revenue * (draw(key, on, "margin") * 0.16 - 0.02)),
            income=income,
            rating=_rating(key, rated=key in rated, fair=key in fair),
            linked=key in linked,
            high_tech=key in high_tech,
            gap=key in gap,
            ocop_stars=between(3, 4, key, "stars") if key in ocop else None,
        )
        for key, revenue, income in zip(keys, revenues, incomes, strict=True)
    ]


@dataclasses.dataclass(frozen=True)
class TrainingClass:
    """One class; ``budget`` in million VND."""

    title: str
    topic: str
    organiser: str
    place: str
    starts_on: dt.date
    ends_on: dt.date
    learners: int
    female: int
    ethnic_minority: int
    managers: int
    budget: int
    funding: str


@dataclasses.dataclass(frozen=True)
class Subject:
    """What a class can be about, and the topic it is filed under."""

    title: str
    topic: str


SUBJECTS = (
    Subject("Nghiệp vụ giám đốc hợp tác xã", "Quản trị"),
    Subject("Kế toán hợp tác xã theo chế độ mới", "Kế toán"),
    Subject("Phổ biến Luật Hợp tác xã", "Pháp luật"),
    Subject("Xây dựng phương án sản xuất kinh doanh", "Quản trị"),
    Subject("Ghi nhật ký sản xuất điện tử", "Chuyển đổi số"),
    Subject("Bán hàng trên sàn thương mại điện tử", "Chuyển đổi số"),
    Subject("Kiểm soát nội bộ cho ban kiểm soát", "Quản trị"),
    Subject("Liên kết tiêu thụ theo chuỗi giá trị", "Thị trường"),
)


def classes(
    key: str,
    count: int,
    learners: int,
    first: dt.date,
    last: dt.date,
    *,
    organiser: str,
    places: Sequence[str],
    funding: str,
    minority_pct: int = 10,
) -> list[TrainingClass]:
    """``count`` classes of one to three days with ``learners`` in all, in order of time."""
    sizes = shares(learners, count, key, "learners")
    starts = sorted(day(first, last - dt.timedelta(days=3), key, number, "starts") for number in range(count))
    result = []
    for number, (size, start) in enumerate(zip(sizes, starts, strict=True)):
        subject = pick(SUBJECTS, key, number, "subject")
        result.append(
            TrainingClass(
                title=f"{subject.title} (lớp {number + 1:02d})",
                topic=subject.topic,
                organiser=organiser,
                place=pick(places, key, number, "place"),
                starts_on=start,
                ends_on=start + dt.timedelta(days=between(0, 2, key, number, "days")),
                learners=size,
                female=round(size * (0.25 + 0.3 * draw(key, number, "female"))),
                ethnic_minority=round(size * minority_pct / 100 * (0.7 + 0.4 * draw(key, number, "minority"))),
                managers=round(size * (0.4 + 0.3 * draw(key, number, "managers"))),
                budget=between(18, 64, key, number, "budget"),
                funding=funding,
            )
        )
    return result


@dataclasses.dataclass(frozen=True)
class Loan:
    """One loan at a reporting date; money in million VND, interest in percent a year."""

    borrower: str
    contract_no: str
    purpose: str
    signed_on: dt.date
    term_months: int
    interest_pct_year: float
    amount: int
    outstanding: int
    overdue: int

    @property
    def due_on(self) -> dt.date:
        months = self.signed_on.month - 1 + self.term_months
        return dt.date(self.signed_on.year + months // 12, months % 12 + 1, min(self.signed_on.day, 28))


_PURPOSES = (
    "Mua máy gặt đập liên hợp", "Xây dựng nhà sơ chế", "Đầu tư kho lạnh bảo quản", "Mở rộng vùng nguyên liệu",
    "Mua xe tải vận chuyển nông sản", "Lắp hệ thống tưới tiết kiệm", "Bổ sung vốn lưu động thu mua nông sản",
)  # fmt: skip


def loans(
    key: str,
    borrowers: Sequence[str],
    signed: Sequence[dt.date],
    *,
    amount: int,
    outstanding: int,
    interest_pct_year: float = 6.6,
    overdue: int = 0,
) -> list[Loan]:
    """One loan for each signing date, borrowers all different; amounts and debts add up to the totals given."""
    chosen = choose(borrowers, len(signed), key, "borrowers")
    amounts = shares(amount, len(signed), key, "amount", step=50)
    debts = [round(part * outstanding / amount) for part in amounts]
    debts[0] += outstanding - sum(debts)
    return [
        Loan(
            borrower=borrower,
            contract_no=f"{number + 1:03d}/{signed_on.year}/HĐTD",
            purpose=pick(_PURPOSES, key, number, "purpose"),
            signed_on=signed_on,
            term_months=pick((24, 36, 36, 48, 60), key, number, "term"),
            interest_pct_year=interest_pct_year,
            amount=part,
            outstanding=debt,
            overdue=overdue if number == 1 else 0,
        )
        for number, (borrower, signed_on, part, debt) in enumerate(
            zip(chosen, sorted(signed), amounts, debts, strict=True)
        )
    ]


@dataclasses.dataclass(frozen=True)
class Support:
    """What one cooperative was given under one decision; money in million VND."""

    beneficiary: str
    commune: str
    kind: str
    content: str
    decision_no: str
    decided_on: dt.date
    amount: int
    disbursed: int
    funding: str


_SUPPORTED = (
    ("Củng cố, tổ chức lại", "Tư vấn sửa đổi điều lệ, kiện toàn bộ máy"),
    ("Thành lập mới", "Tư vấn hồ sơ thành lập, tập huấn sáng lập viên"),
    ("Đào tạo, bồi dưỡng", "Cử cán bộ quản lý đi bồi dưỡng ngắn hạn"),
    ("Xúc tiến thương mại", "Thiết kế bao bì, tem truy xuất nguồn gốc"),
    ("Kết cấu hạ tầng", "Xây dựng nhà sơ chế, sân phơi"),
    ("Ứng dụng khoa học công nghệ", "Lắp đặt hệ thống tưới tự động"),
)


def supports(
    key: str,
    standings: Sequence[Standing],
    decided: Sequence[dt.date],
    *,
    amount: int,
    funding: str,
    spent_pct: int = 100,
) -> list[Support]:
    """One support for each day of decision, beneficiaries all different; the amounts add up to the total given."""
    chosen = choose([one for one in standings if one.active], len(decided), key, "beneficiaries")
    amounts = shares(amount, len(decided), key, "amount", step=5)
    result = []
    for number, (standing, decided_on, part) in enumerate(zip(chosen, decided, amounts, strict=True)):
        kind, content = pick(_SUPPORTED, key, number, "kind")
        result.append(
            Support(
                beneficiary=standing.organisation.name,
                commune=standing.organisation.commune_today,
                kind=kind,
                content=content,
                decision_no=f"{between(100, 2900, key, number, 'decision')}/QĐ-UBND",
                decided_on=decided_on,
                amount=part,
                disbursed=round(part * spent_pct / 100),
                funding=funding,
            )
        )
    return result


def days(key: str, count: int, first: dt.date, last: dt.date) -> list[dt.date]:
    """``count`` working days from ``first`` to ``last``, in order."""
    found = [day(first, last - dt.timedelta(days=2), key, number) for number in range(count)]
    return sorted(date + dt.timedelta(days=2 if date.weekday() > 4 else 0) for date in found)


def _sector(cohort: Cohort, number: int, key: str) -> str:
    if cohort.kind == CREDIT_FUND:
        return CREDIT
    return AGRICULTURE if number < cohort.agricultural else pick(tuple(_OTHER_SECTORS), key, "sector")


def _name(kind: str, sector: str, key: str) -> str:
    own = f"{pick(_FIRST, key, 'first')} {pick(_SECOND, key, 'second')}"
    if kind == CREDIT_FUND:
        return f"Quỹ tín dụng nhân dân {own}"
    if kind == UNION:
        return f"Liên hiệp HTX Nông nghiệp {own}"
    trade = pick(_AGRICULTURE, key, "trade") if sector == AGRICULTURE else _OTHER_SECTORS[sector]
    return f"HTX {trade} {own}"


def _rating(key: str, *, rated: bool, fair: bool) -> str:
    if not rated:
        return "Chưa xếp loại"
    return pick(("Tốt", "Khá", "Khá"), key, "grade") if fair else pick(("Trung bình", "TB", "Yếu"), key, "grade")


def _tax_code(nine: str) -> str:
    """Ten digits with a right check digit, on the prefix 00, which no tax office issues."""
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    check = 10 - sum(weight * int(digit) for weight, digit in zip(weights, nine, strict=True)) % 11
    # Numbers whose check would be 10 are not issued; the last serial digit moves on instead.
    return f"{nine}{check}" if check < 10 else _tax_code(f"{int(nine) + 50_000:09d}")
