"""Rules on figures: inputs, values that recompute, and one observation a row."""

from __future__ import annotations

import narwhals as nw

from .rule import earliest, filled, latest, quoted, rule, shown, stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .rule import Frame, Frames

REFERENCE, BASE = ("ref_date", "ref_precision"), ("base_date", "base_precision")
PUBLISHED = ("published_date", "published_precision")
INPUTS = {"statistic_inputs": ("statistic_id", "input_id", "operand")}
NUMBER = r"^[+-]?[0-9]+(?:\.[0-9]+)?$"
# No figure of the record is near it; it stands for "no upper bound" and keeps sums finite.
LARGE = 1e300
# Conversions between two currencies are of different years; a slip in one is by tens, not by tenths.
RATE_MARGIN = 1.25
EXACT_RATES = {("percent", "ratio"): 0.01, ("ratio", "percent"): 100.0}
OBSERVATION = (
    "indicator_id",
    "unit",
    *REFERENCE,
    *BASE,
    "ref_area",
    *PUBLISHED,
    "producer_id",
    "event_id",
    "law_id",
)


@rule(
    "input-operands",
    "statistics",
    "id",
    {"statistics": ("id",), **INPUTS},
    "{id!r} has the inputs {operands}; expected a numerator and a denominator, or one converted",
    "correct the rows of data/statistic_inputs.csv with this statistic_id",
)
def operands(frames: Frames) -> Frame:
    """A ratio has one numerator and one denominator, a conversion one converted figure."""
    names = ("numerator", "denominator", "converted")
    counts = {name: (nw.col("operand") == name).cast(nw.Int64).sum() for name in names}
    groups = frames["statistic_inputs"].group_by("statistic_id").agg(**counts)
    top, below, converted = (nw.col(name) for name in names)
    ratio = (top == 1) & (below == 1) & (converted == 0)
    conversion = (top == 0) & (below == 0) & (converted == 1)
    told = nw.concat_str(*[part for name in names for part in (nw.lit(f", {name} "), nw.col(name).cast(nw.String))])
    faulty = groups.filter(~ratio & ~conversion).select(id="statistic_id", operands=told.str.slice(2))
    return frames["statistics"].select("__row", "id").join(faulty, on="id", how="inner")


def _figures(frames: Frames) -> Frame:
    """Give each figure the interval that its printed digits and its bound make of it."""
    text = nw.when(nw.col("value").str.contains(NUMBER)).then(nw.col("value"))
    value = text.cast(nw.Float64)
    decimals = text.str.replace_all(r"^[^.]*\.?", "").str.replace_all("0+$", "").str.len_chars().cast(nw.Float64)
    # Below a thousand every digit is printed; above, '230 million' has lost its zeros in value.
    zeros = text.str.len_chars().cast(nw.Float64) - text.str.replace_all("0+$", "").str.len_chars().cast(nw.Float64)
    whole = ~text.str.contains(".", literal=True) & (value.abs() >= 1000)
    digit = nw.when(whole).then(nw.lit(10.0) ** zeros).otherwise(nw.lit(10.0) ** (0 - decimals))
    rows = frames["statistics"].with_columns(number=value, digit=digit)
    bound, number, step = nw.col("bound"), nw.col("number"), nw.col("digit")
    margin = nw.when(bound == "about").then(step).otherwise(step / 2)
    low = (
        nw.when(bound.is_in(["under", "at_most"]))
        .then(nw.lit(-LARGE))
        .when(bound.is_in(["over", "at_least"]))
        .then(number)
        .otherwise(number - margin)
    )
    high = (
        nw.when(bound.is_in(["over", "at_least"]))
        .then(nw.lit(LARGE))
        .when(bound.is_in(["under", "at_most"]))
        .then(number)
        .otherwise(number + margin)
    )
    return rows.with_columns(low=low, high=high)


VALUE = ("id", "value", "bound", "unit")


def _operand(frames: Frames, figures: Frame, operand: str, columns: tuple[str, ...]) -> Frame:
    """Give the figures that have an input as one operand, with columns of the input under the operand's name."""
    links = frames["statistic_inputs"].filter(nw.col("operand") == operand).select(id="statistic_id", input="input_id")
    named = figures.select(nw.col("id").alias("input"), *[nw.col(name).alias(f"{operand}_{name}") for name in columns])
    return links.join(named, on="input", how="inner").drop("input")


@rule(
    "ratio-value",
    "statistics",
    "value",
    {"statistics": (*VALUE, "base_date"), **INPUTS},
    "{value} {unit} ({bound}), but {numerator_value} / {denominator_value} gives {expected}",
    "correct the value or its bound, or the inputs in data/statistic_inputs.csv",
)
def ratio_value(frames: Frames) -> Frame:
    """A ratio is its numerator over its denominator, within the digits and the bounds of all three figures."""
    figures = _figures(frames)
    columns = ("value", "number", "low", "high")
    rows = figures.select("__row", *VALUE, "base_date", "low", "high")
    for operand in ("numerator", "denominator"):
        rows = rows.join(_operand(frames, figures, operand, columns), on="id", how="inner")
    rows = rows.filter(nw.col("denominator_number") > 0)
    # Shares and multiples are of positive counts; an open end towards zero is no bound on the quotient.
    least = nw.max_horizontal(nw.col("numerator_low"), nw.lit(0.0)) / nw.col("denominator_high")
    most = (
        nw.when((nw.col("denominator_low") > 0) & (nw.col("numerator_high") < LARGE))
        .then(nw.col("numerator_high") / nw.col("denominator_low"))
        .otherwise(nw.lit(LARGE))
    )
    exact = nw.col("numerator_number") / nw.col("denominator_number")
    rows = rows.with_columns(least=least, most=most, exact=exact)
    percent, change = nw.col("unit") == "percent", filled("base_date") & (nw.col("unit") == "percent")
    scaled = {}
    for name in ("least", "most", "exact"):
        # A percentage against a base date is a change: from 50 to 75 is 50 percent.
        part = nw.when(change).then((nw.col(name) - 1) * 100).when(percent).then(nw.col(name) * 100)
        scaled[name] = part.otherwise(nw.col(name))
    rows = rows.with_columns(**scaled)
    faulty = rows.filter((nw.col("least") > nw.col("high")) | (nw.col("most") < nw.col("low")))
    return faulty.with_columns(expected=nw.col("exact").round(4).cast(nw.String))


@rule(
    "ratio-dates",
    "statistics",
    "",
    {"statistics": ("id", *REFERENCE, *BASE), **INPUTS},
    "{found}",
    "correct a date, or name the figure of that date in data/statistic_inputs.csv",
)
def ratio_dates(frames: Frames) -> Frame:
    """The numerator is of the date of the ratio, the denominator of the date that it is measured against."""
    figures = frames["statistics"].with_columns(
        first=earliest(*REFERENCE), last=latest(*REFERENCE), day=shown(*REFERENCE)
    )
    rows = figures.select(
        "__row",
        "id",
        "first",
        "last",
        "day",
        base_first=earliest(*BASE),
        base_last=latest(*BASE),
        base_day=shown(*BASE),
    )
    for operand in ("numerator", "denominator"):
        rows = rows.join(_operand(frames, figures, operand, ("first", "last", "day")), on="id", how="inner")
    top = (nw.col("last") < nw.col("numerator_first")) | (nw.col("first") > nw.col("numerator_last"))
    # A base after the figure is a fault of its own.
    past = nw.col("base_first") <= nw.col("last")
    below = (nw.col("base_last") < nw.col("denominator_first")) | (nw.col("base_first") > nw.col("denominator_last"))
    told_top = nw.concat_str(
        nw.lit("ref_date is "), nw.col("day"), nw.lit(", that of the numerator "), nw.col("numerator_day")
    )
    told_below = nw.concat_str(
        nw.lit("base_date is "), nw.col("base_day"), nw.lit(", ref_date of the denominator "), nw.col("denominator_day")
    )
    found = nw.when(top).then(told_top).when(below & past).then(told_below)
    return rows.select("__row", found=found).filter(filled("found"))


KEPT = ("indicator_id", "ref_date", "ref_precision", "ref_area")


@rule(
    "conversion-differs",
    "statistics",
    "",
    {"statistics": ("id", *KEPT), **INPUTS},
    "{column} is {own}, that of the converted figure {other}",
    "a conversion says the same in another unit: only value, bound and unit may differ",
)
def conversion_differs(frames: Frames) -> Frame:
    """A conversion keeps the indicator, the date and the area of the figure that it converts."""
    figures = frames["statistics"]
    rows = figures.select("__row", "id", *KEPT)
    rows = rows.join(_operand(frames, figures, "converted", KEPT), on="id", how="inner")
    found = []
    for name in KEPT:
        differs = quoted(name) != quoted(f"converted_{name}")
        said = rows.filter(differs)
        found.append(said.select("__row", column=nw.lit(name), own=quoted(name), other=quoted(f"converted_{name}")))
    faulty = stack(found)
    return faulty.filter(nw.col("column") == nw.col("column").min().over("__row"))


@rule(
    "conversion-unit",
    "statistics",
    "unit",
    {"statistics": ("id", "unit"), **INPUTS},
    "{unit!r} is the unit of the converted figure too",
    "a conversion changes the unit; the same figure twice is one row with two passages",
)
def conversion_unit(frames: Frames) -> Frame:
    """A conversion changes the unit."""
    rows = frames["statistics"].select("__row", "id", "unit")
    rows = rows.join(_operand(frames, frames["statistics"], "converted", ("unit",)), on="id", how="inner")
    return rows.filter(nw.col("unit") == nw.col("converted_unit"))


@rule(
    "conversion-value",
    "statistics",
    "value",
    {"statistics": VALUE, **INPUTS},
    "{value} {unit} for {converted_value} {converted_unit} is a rate of {rate}; expected about {expected}",
    "correct the value, or the figure that it converts in data/statistic_inputs.csv",
)
def conversion_value(frames: Frames) -> Frame:
    """Conversions between two units have about the same rate: the exact one, or the middle one of the record."""
    figures = _figures(frames)
    rows = figures.select("__row", *VALUE, "number", "low", "high")
    columns = ("value", "unit", "number", "low", "high")
    rows = rows.join(_operand(frames, figures, "converted", columns), on="id", how="inner")
    rows = rows.filter((nw.col("number") > 0) & (nw.col("converted_number") > 0))
    rows = rows.with_columns(rate=nw.col("number") / nw.col("converted_number"))
    middle = nw.col("rate").median().over("converted_unit", "unit")
    margin = nw.lit(RATE_MARGIN)
    for (given, unit), rate in EXACT_RATES.items():
        is_exact = (nw.col("converted_unit") == given) & (nw.col("unit") == unit)
        middle = nw.when(is_exact).then(nw.lit(rate)).otherwise(middle)
        margin = nw.when(is_exact).then(nw.lit(1.0)).otherwise(margin)
    rows = rows.with_columns(middle=middle, margin=margin)
    # The printed digits and the bounds leave room on both sides.
    rows = rows.filter(
        (nw.col("low") > nw.col("converted_high") * nw.col("middle") * nw.col("margin"))
        | (nw.col("high") < nw.col("converted_low") * nw.col("middle") / nw.col("margin"))
    )
    return rows.with_columns(
        rate=nw.col("rate").round(6).cast(nw.String), expected=nw.col("middle").round(6).cast(nw.String)
    )


@rule(
    "indicator-producer",
    "statistics",
    "producer_id",
    {"statistics": ("id", "indicator_id", "producer_id")},
    "{producer_id!r}, but {indicator_id!r} is measured by {other!r} in line {statistics__line}",
    "two producers' measures of the same thing are two rows of data/indicators.csv",
)
def indicator_producer(frames: Frames) -> Frame:
    """An indicator has one producer."""
    rows = frames["statistics"].filter(filled("producer_id")).select("__row", "indicator_id", "producer_id")
    first = nw.col("__row").min().over("indicator_id")
    firsts = rows.filter(nw.col("__row") == first)
    firsts = firsts.select("indicator_id", other="producer_id", statistics__row="__row")
    joined = rows.join(firsts, on="indicator_id", how="inner")
    return joined.filter(nw.col("producer_id") != nw.col("other"))


@rule(
    "repeated-observation",
    "statistics",
    "id",
    {"statistics": ("id", *OBSERVATION), **INPUTS},
    "{id!r} has the indicator, unit, dates and area of line {statistics__line}",
    "one observation is one row: keep the better-attested value, the other passage 'contradicts' it",
)
def repeated_observation(frames: Frames) -> Frame:
    """One observation is one row."""
    first = nw.col("__row").min().over(*OBSERVATION)
    rows = frames["statistics"].with_columns(statistics__row=first)
    repeated = rows.filter(nw.col("__row") != nw.col("statistics__row")).select("__row", "id", "statistics__row")
    # A conversion into the same unit is a fault of its own.
    return repeated.join(conversion_unit.faults(frames).select("__row"), on="__row", how="anti")


@rule(
    "observed-after-published",
    "statistics",
    "ref_date",
    {"statistics": (*REFERENCE, "ref_basis", *PUBLISHED)},
    "observed on {observed}, but published on {published}",
    "correct one of the two dates",
)
def observed_late(frames: Frames) -> Frame:
    """A figure is not published before the time that it describes."""
    late = earliest(*REFERENCE, "ref_basis") > latest(*PUBLISHED)
    return frames["statistics"].filter(late).select("__row", observed=shown(*REFERENCE), published=shown(*PUBLISHED))


@rule(
    "base-after-reference",
    "statistics",
    "base_date",
    {"statistics": (*REFERENCE, *BASE)},
    "{base} is after ref_date, {reference}",
    "a figure is measured against an earlier time: exchange or correct the dates",
)
def base_late(frames: Frames) -> Frame:
    """A figure is measured against an earlier time."""
    late = earliest(*BASE) > latest(*REFERENCE)
    return frames["statistics"].filter(late).select("__row", base=shown(*BASE), reference=shown(*REFERENCE))


RULES = (
    operands,
    ratio_value,
    ratio_dates,
    conversion_differs,
    conversion_unit,
    conversion_value,
    indicator_producer,
    repeated_observation,
    observed_late,
    base_late,
)
