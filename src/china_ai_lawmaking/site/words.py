"""Facts as words: dates, counts, lists and the findings that titles state."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..loading.dated import MONTHS, iso

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def day(
    when: date | None, precision: str | None = "day", basis: str | None = None, *, short: bool = False, by: str = "by"
) -> str:
    """Word a date to its precision: 19 April 2024, March 2025, 2025, by March 2025, date unknown."""
    if when is None:
        return "date unknown"
    month = MONTHS[when.month - 1][: 3 if short else None]
    worded = {"day": f"{when.day} {month} {when.year}", "month": f"{month} {when.year}"}.get(
        precision or "day", str(when.year)
    )
    return f"{by} {worded}" if basis == "publication" else worded


def dated(row: Mapping[str, Any], of: str = "date") -> tuple[date | None, str | None, str | None]:
    """Give a date of a row, such as its "start", with precision and basis."""
    if of == "date":
        return row["date"], row["date_precision"], row["date_basis"]
    return row[f"{of}_date"], row[f"{of}_precision"], row.get("date_basis" if of == "start" else f"{of}_basis")


def told(row: Mapping[str, Any], of: str = "date", *, short: bool = False, by: str = "by") -> str:
    """Word a date of a row; `by` stands before a last day."""
    return day(*dated(row, of), short=short, by=by)


def at(row: Mapping[str, Any], of: str = "date") -> str:
    """Word a date of a row as it stands in a sentence: on 19 April 2024, in March 2025, by March 2025."""
    _, precision, basis = dated(row, of)
    return f"{'' if basis == 'publication' else 'on ' if precision == 'day' else 'in '}{told(row, of)}"


def iso_told(row: Mapping[str, Any], of: str = "date") -> str:
    """Give a date of a row as far as it is known, after "by" where only the publication dates it."""
    when, precision, basis = dated(row, of)
    return f"{'by ' if when and basis == 'publication' else ''}{iso(when, precision)}"


def last_day(when: date, precision: str | None) -> date:
    """Give the last day that a date can mean."""
    if precision == "year":
        return date(when.year, 12, 31)
    if precision == "month":
        return date(when.year, when.month, calendar.monthrange(when.year, when.month)[1])
    return when


def number(count: int) -> str:
    """Word a count: in words to twelve, in figures beyond."""
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """Word a count of things: no laws, one law, 24 laws."""
    return f"{number(count)} {one if count == 1 else many or f'{one}s'}"


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str], last: str = "and") -> str:
    """Join names as a sentence does."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def span(first: date, last: date) -> str:
    """Word the time between two dates in years and months."""
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    years, months = divmod(max(months, 0), 12)
    parts = [counted(count, unit) for count, unit in ((years, "year"), (months, "month")) if count]
    return listed(parts) or counted((last - first).days, "day")


def amount(value: float) -> str:
    """Word a value of a figure: 515 million, 1.12 billion, 79.7, 4,500."""
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            # Four figures, but never a power of ten.
            return f"{float(f'{value / size:.4g}'):,.10g} {name}"
    return f"{value:,.10g}"


BOUNDS = {"over": "over ", "under": "under ", "about": "about ", "at_least": "at least ", "at_most": "at most "}
UNITS = {"percent": "%", "people": "people", "CNY": "yuan", "USD": "US dollars"}


def figure(value: float, bound: str, unit: str) -> str:
    """Word a figure with its bound and unit."""
    word = UNITS.get(unit, unit.replace("_", " "))
    return f"{BOUNDS.get(bound, '')}{amount(value)}{'' if word == '%' else ' '}{word}"


def area(code: str | None) -> str:
    """Name the area that a figure describes; empty where it has none."""
    return "World" if code == "UN" else place(code or "")


def where(row: Mapping[str, Any], name: str = "") -> str:
    """Name the area of a figure in brackets; empty for China, for none, and where its name tells it."""
    told = area(row["ref_area"])
    return "" if row["ref_area"] in (None, HOME) or told in name else f" ({told})"


def measured(row: Mapping[str, Any]) -> str:
    """Word a figure with its area, where that is not China."""
    return f"{figure(row['value'], row['bound'], row['unit'])}{where(row)}"


# Steps of an instrument in words; where two labels meet, the one that stands first here is written.
STAGES = {
    "in_force": "in force",
    "omitted": "left out",
    "adopted": "adopted",
    "scheduled": "on a plan",
    "published": "published",
    "repealed": "repealed",
    "superseded": "replaced",
    "withdrawn": "withdrawn",
    "announced": "announced",
    "promulgated": "decree signed",
    "first_reading": "first reading",
    "second_reading": "second reading",
    "third_reading": "third reading",
    "consultation_opened": "comment opens",
    "submitted": "submitted",
    "draft_started": "drafting",
    "consultation_closed": "comment closes",
    "amended": "amended",
}


def stage(value: str) -> str:
    """Word a step of an instrument."""
    return STAGES.get(value, spaced(value))


# The country that the record is about.
HOME = "CN"
PLACES = {
    "CN": "China", "CN-AH": "Anhui", "CN-BJ": "Beijing", "CN-GD": "Guangdong", "CN-HB": "Hubei", "CN-JS": "Jiangsu",
    "CN-SH": "Shanghai", "CN-ZJ": "Zhejiang", "HK": "Hong Kong", "MO": "Macao", "TW": "Taiwan",
    "AE": "United Arab Emirates", "AT": "Austria", "AU": "Australia", "AZ": "Azerbaijan", "BE": "Belgium",
    "BR": "Brazil", "CA": "Canada", "CH": "Switzerland", "CU": "Cuba", "CZ": "Czechia", "DE": "Germany",
    "DK": "Denmark", "EG": "Egypt", "ES": "Spain", "EU": "European Union", "FI": "Finland", "FR": "France",
    "GB": "United Kingdom", "ID": "Indonesia", "IE": "Ireland", "IL": "Israel", "IN": "India", "IR": "Iran",
    "IT": "Italy", "JE": "Jersey", "JO": "Jordan", "JP": "Japan", "KE": "Kenya", "KR": "South Korea",
    "KW": "Kuwait", "KZ": "Kazakhstan", "LB": "Lebanon", "LK": "Sri Lanka", "LT": "Lithuania",
    "MD": "Moldova", "MX": "Mexico", "MY": "Malaysia", "NG": "Nigeria", "NL": "Netherlands", "NO": "Norway",
    "NZ": "New Zealand", "PH": "Philippines", "PK": "Pakistan", "PL": "Poland", "PT": "Portugal",
    "RS": "Serbia", "RU": "Russia", "SA": "Saudi Arabia", "SE": "Sweden", "SG": "Singapore", "TH": "Thailand",
    "TR": "Turkey", "UA": "Ukraine", "UN": "United Nations", "US": "United States", "US-CA": "California",
    "US-CO": "Colorado", "US-NY": "New York", "US-TX": "Texas", "UZ": "Uzbekistan", "VN": "Vietnam",
    "ZA": "South Africa",
}  # fmt: skip
# Roles at an event whose words are not simply those of the list.
ROLES = {"co_organizer": "Co-organizer", "invited": "Invited guest"}
# How a page was read and how far it can be trusted, in the fewest words; the schema says more.
ACCESS = {
    "archived": "whole, kept",
    "read": "whole",
    "opening": "opening only",
    "copy": "at a copy",
    "cited": "not read",
}
RELIABILITY = {"official": "official", "established": "edited outlet", "named": "signed", "weak": "unsigned"}
LANGUAGES = {
    "ar": "Arabic", "cs": "Czech", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "hi": "Hindi",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "ms": "Malay", "nl": "Dutch",
    "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "th": "Thai", "tl": "Tagalog", "tr": "Turkish",
    "vi": "Vietnamese", "zh": "Chinese", "zh-Hant": "Chinese, Traditional",
}  # fmt: skip


def place(code: str) -> str:
    """Give the name of a country or province, or its code where no name is kept."""
    return PLACES.get(code, code)


def spaced(word: str) -> str:
    """Give a listed value as words: first_reading as first reading."""
    return word.replace("_", " ")


def sides(agree: int, disagree: int, condition: int = 0, said: Sequence[int] = (0, 0, 0)) -> str:
    """Count the sides: four agree, one disagrees; where given, in how many statements."""
    # A sentence does not mix words and figures.
    told = number if max(agree, disagree, condition) < len(NUMBERS) else str
    parts = [
        f"{told(agree) if agree else 'none'} agree{'s' if agree == 1 else ''}",
        f"{told(disagree) if disagree else 'none'} disagree{'s' if disagree == 1 else ''}",
    ]
    if condition:
        parts.append(f"{told(condition)} agree{'s' if condition == 1 else ''} on a condition")
    return ", ".join(part + in_statements(told(count), count) for part, count in zip(parts, said, strict=False))


def in_statements(told: str, count: int) -> str:
    """Word in how many statements a side speaks, given the count as it is told; empty for none."""
    return f" in {told} statement{'' if count == 1 else 's'}" if count else ""
