"""What importing and loading cost, against their floors: `python benchmarks/loading.py [PAIRS]`.

Whole processes, medians of 25 alternated pairs. Run it with the package installed from its wheel.
"""

from __future__ import annotations

import sys

from pairs import compare, python

import china_ai_lawmaking as cal


def read_csv(table: str) -> str:
    """Write the plain pandas call that gives the dtypes of `load`."""
    names = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}
    fields = cal.describe(table).fields
    listed = {f.name: f"pd.CategoricalDtype({list(f.categories)})" for f in fields if f.categories}
    plain = {f.name: repr(names[f.type]) for f in fields if not f.categories and f.type != "date"}
    dtypes = ", ".join(f"{name!r}: {dtype}" for name, dtype in (plain | listed).items())
    dates = [f.name for f in fields if f.type == "date"]
    return (
        f"import pandas as pd; pd.read_csv({str(cal.path(table))!r}, dtype={{{dtypes}}}, parse_dates={dates}, "
        "date_format='%Y-%m-%d', keep_default_na=False, na_values=[''])"
    )


def main() -> None:
    """Print the figures."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    compare("import, over python -c pass", python("import china_ai_lawmaking"), python("pass"), pairs)
    for table in ("statements", "evidence"):
        load = f"import china_ai_lawmaking as cal; cal.load({table!r})"
        compare(f"load({table!r}), over pandas.read_csv", python(load), python(read_csv(table)), pairs)
        rows = f"import china_ai_lawmaking as cal; list(cal.rows({table!r}))"
        reader = f"import csv; list(csv.DictReader(open({str(cal.path(table))!r}, encoding='utf-8', newline='')))"
        compare(f"rows({table!r}), over csv.DictReader", python(rows), python(reader), pairs)


if __name__ == "__main__":
    main()
