"""Print a sample of the record and its citation: what `make demo` shows last."""

import china_ai_lawmaking as cal

statements = cal.view("statements").fillna({"capacity": "", "addresses": ""})
calls = statements[statements["relations"].str.contains("calls_for", na=False)]
print(f"{len(statements)} statements; {len(calls)} ask for law or rules to be made or amended, among them:\n")
for row in calls.head(5).itertuples():
    print(f"  {row.speaker}, {row.capacity}".rstrip(", "))
    print(f"    {row.summary}")
    print(f"    read at: {row.reported_by} {row.addresses}".rstrip())
print(f"\nCite as:\n  {cal.cite()}")
