"""Rules on figures: inputs, values that recompute, and one observation a row."""

from .rule import rule

# A rule is laid out as a question and its query.
# fmt: off
rule("input-operands", at="statistics.id",
    asks="A ratio has one numerator and one denominator, a conversion one converted figure.",
    says="{id!r} has the inputs numerator {numerators}, denominator {denominators}, converted {converted}; "
    "expected a numerator and a denominator, or one converted",
    hint="correct the rows of data/statistic_inputs.csv with this statistic_id",
    sql="""
    with counted as (
      select i.statistic_id, count(*) filter (where i.operand = 'numerator') as numerators,
        count(*) filter (where i.operand = 'denominator') as denominators,
        count(*) filter (where i.operand = 'converted') as converted
      from statistic_inputs i group by i.statistic_id)
    select s.row, s.id, c.numerators, c.denominators, c.converted
    from statistics s join counted c on c.statistic_id = s.id
    where not (c.numerators = 1 and c.denominators = 1 and c.converted = 0)
      and not (c.numerators = 0 and c.denominators = 0 and c.converted = 1)""")

rule("ratio-value", at="statistics.value",
    asks="A ratio is its numerator over its denominator, within the digits and the bounds of all three figures.",
    says="{value} {unit} ({bound}), but {numerator_value} / {denominator_value} gives {expected}",
    hint="correct the value or its bound, or the inputs in data/statistic_inputs.csv",
    # Shares and multiples are of positive counts; an open end towards zero is no bound on the quotient. A percentage
    # against a base date is a change: from 50 to 75 is 50 percent.
    sql="""
    with ratios as (
      select s.row, s.value, s.unit, s.bound, s.value_low as low, s.value_high as high,
        a.value as numerator_value, b.value as denominator_value,
        case when s.unit = 'percent' then 100.0 else 1.0 end as scale,
        case when s.unit = 'percent' and s.base_date is not null then 1 else 0 end as base,
        greatest(a.value_low, 0.0) / b.value_high as least, a.value_number / b.value_number as exact,
        case when b.value_low > 0 then a.value_high / b.value_low else 1e300 end as most
      from statistics s
      join statistic_inputs i on i.statistic_id = s.id and i.operand = 'numerator'
      join statistic_inputs j on j.statistic_id = s.id and j.operand = 'denominator'
      join statistics a on a.id = i.input_id
      join statistics b on b.id = j.input_id
      where b.value_number > 0)
    select r.row, r.value, r.unit, r.bound, r.numerator_value, r.denominator_value,
      round((r.exact - r.base) * r.scale, 4) as expected
    from ratios r where (r.least - r.base) * r.scale > r.high or (r.most - r.base) * r.scale < r.low""")

rule("ratio-dates", at="statistics",
    asks="The numerator is of the date of the ratio, the denominator of the date that it is measured against.",
    says="{found}",
    hint="correct a date, or name the figure of that date in data/statistic_inputs.csv",
    # A base after the figure is a fault of its own.
    sql="""
    with told as (
      select s.row, case
        when s.ref_last < a.ref_date or s.ref_date > a.ref_last
        then 'ref_date is ' || s.ref_shown || ', that of the numerator ' || a.ref_shown
        when (s.base_last < b.ref_date or s.base_date > b.ref_last) and s.base_date <= s.ref_last
        then 'base_date is ' || s.base_shown || ', ref_date of the denominator ' || b.ref_shown end as found
      from statistics s
      join statistic_inputs i on i.statistic_id = s.id and i.operand = 'numerator'
      join statistic_inputs j on j.statistic_id = s.id and j.operand = 'denominator'
      join statistics a on a.id = i.input_id
      join statistics b on b.id = j.input_id)
    select t.row, t.found from told t where t.found is not null""")

rule("conversion-differs", at="statistics",
    asks="A conversion keeps the indicator, the date and the area of the figure that it converts.",
    says="{which} is {own!r}, that of the converted figure {other!r}",
    hint="a conversion says the same in another unit: only value, bound and unit may differ",
    sql="""
    with cells as (
      select s.row, s.id, 'indicator_id' as which, s.indicator_id as cell from statistics s
      union all select s.row, s.id, 'ref_area', s.ref_area from statistics s
      union all select s.row, s.id, 'ref_date', s.ref_date from statistics s
      union all select s.row, s.id, 'ref_precision', s.ref_precision from statistics s)
    select a.row, a.which, a.cell as own, b.cell as other
    from statistic_inputs i join cells a on a.id = i.statistic_id
    join cells b on b.id = i.input_id and b.which = a.which
    where i.operand = 'converted' and a.cell is distinct from b.cell
    qualify row_number() over (partition by a.row order by a.which) = 1""")

rule("conversion-unit", at="statistics.unit",
    asks="A conversion changes the unit.",
    says="{unit!r} is the unit of the converted figure too",
    hint="a conversion changes the unit; the same figure twice is one row with two passages",
    sql="""
    select s.row, s.unit from statistics s
    join statistic_inputs i on i.statistic_id = s.id and i.operand = 'converted'
    join statistics c on c.id = i.input_id
    where s.unit = c.unit""")

rule("conversion-value", at="statistics.value",
    asks="Conversions between two units have about the same rate: the exact one, or the middle one of the record.",
    says="{value} {unit} for {converted_value} {converted_unit} is a rate of {rate}; expected about {expected}",
    hint="correct the value, or the figure that it converts in data/statistic_inputs.csv",
    # The printed digits and the bounds leave room on both sides. Conversions between two currencies are of different
    # years; a slip in one is by tens, not by tenths.
    sql="""
    with pairs as (
      select s.row, s.value, s.unit, s.value_low as low, s.value_high as high, c.value as converted_value,
        c.unit as converted_unit, c.value_low as converted_low, c.value_high as converted_high,
        s.value_number / c.value_number as rate
      from statistics s
      join statistic_inputs i on i.statistic_id = s.id and i.operand = 'converted'
      join statistics c on c.id = i.input_id
      where s.value_number > 0 and c.value_number > 0),
    middles as (
      select p.converted_unit, p.unit, median(p.rate) as middle from pairs p group by p.converted_unit, p.unit),
    judged as (
      select p.*, coalesce(cast(x.rate as double), m.middle) as expected,
        case when x.rate is null then 1.25 else 1.0 end as margin
      from pairs p join middles m on m.converted_unit = p.converted_unit and m.unit = p.unit
      left join (values ('percent', 'ratio', '0.01'), ('ratio', 'percent', '100')) as x(converted_unit, unit, rate)
        on x.converted_unit = p.converted_unit and x.unit = p.unit)
    select j.row, j.value, j.unit, j.converted_value, j.converted_unit, round(j.rate, 6) as rate,
      round(j.expected, 6) as expected
    from judged j
    where j.low > j.converted_high * j.expected * j.margin or j.high < j.converted_low * j.expected / j.margin""")

rule("series-jump", at="statistics.value",
    asks="A series does not jump more than threefold from one figure to the next, unless the note says why.",
    says="{value} {unit} is {factor} times {before}, the figure of {day} in line {statistics__line}",
    hint="correct the value, the unit or the date; where the jump is real, say in note why",
    # A series of a year or half a year that grows faster has a slip of a unit or a digit, or a reason to be told. A
    # change against a base date is no level; an empty series column is the same in all figures of a series.
    sql="""
    with levels as (
      select s.row, s.indicator_id, s.unit, s.ref_area, s.event_id, s.law_id, s.value, s.value_number as number,
        s.ref_last as last, s.ref_shown as day, s.note
      from statistics s
      where s.value_number > 0 and s.base_date is null),
    pairs as (
      select a.row, a.value, a.unit, a.number / b.number as factor, b.value as before, b.day, b.row as statistics__row,
        row_number() over (partition by a.row order by b.last desc, b.row desc) as place
      from levels a join levels b on b.indicator_id = a.indicator_id and b.unit = a.unit
        and b.ref_area is not distinct from a.ref_area and b.event_id is not distinct from a.event_id
        and b.law_id is not distinct from a.law_id and b.last < a.last
      where a.note is null)
    select p.row, p.value, p.unit, round(p.factor, 2) as factor, p.before, p.day, p.statistics__row from pairs p
    where p.place = 1 and (p.factor > 3 or p.factor * 3 < 1)""")

rule("indicator-producer", at="statistics.producer_id",
    asks="An indicator has one producer.",
    says="{producer_id!r}, but {indicator_id!r} is measured by {other!r} in line {statistics__line}",
    hint="two producers' measures of the same thing are two rows of data/indicators.csv",
    sql="""
    with firsts as (
      select s.indicator_id, min(s.row) as row from statistics s
      where s.producer_id is not null group by s.indicator_id)
    select s.row, s.id, s.indicator_id, s.producer_id, o.producer_id as other, o.row as statistics__row
    from statistics s join firsts f on f.indicator_id = s.indicator_id join statistics o on o.row = f.row
    where s.producer_id <> o.producer_id""")

rule("repeated-observation", at="statistics.id",
    asks="One observation is one row.",
    says="{id!r} has the indicator, unit, dates and area of line {statistics__line}",
    hint="one observation is one row: keep the better-attested value, the other passage 'contradicts' it",
    # A conversion into the same unit is a fault of its own.
    sql="""
    with ranked as (
      select s.row, s.id, s.unit, min(s.row) over (partition by s.indicator_id, s.unit, s.ref_date, s.ref_precision,
        s.base_date, s.base_precision, s.ref_area, s.published_date, s.published_precision, s.producer_id, s.event_id,
        s.law_id) as first
      from statistics s)
    select r.row, r.id, r.first as statistics__row from ranked r
    where r.row <> r.first and not exists (
      select 1 from statistic_inputs i join statistics c on c.id = i.input_id
      where i.statistic_id = r.id and i.operand = 'converted' and c.unit = r.unit)""")

rule("observed-after-published", at="statistics.ref_date",
    asks="A figure is not published before the time that it describes.",
    says="observed on {observed}, but published on {published}",
    hint="correct one of the two dates",
    sql="""
    select s.row, s.ref_shown as observed, s.published_shown as published from statistics s
    where s.ref_first > s.published_last""")

rule("base-after-reference", at="statistics.base_date",
    asks="A figure is measured against an earlier time.",
    says="{base} is after ref_date, {reference}",
    hint="a figure is measured against an earlier time: exchange or correct the dates",
    sql="""
    select s.row, s.base_shown as base, s.ref_shown as reference from statistics s
    where s.base_first > s.ref_last""")
