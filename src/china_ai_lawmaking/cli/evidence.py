"""`evidence`: the passages behind the record, in the source texts."""

import argparse
from collections.abc import Mapping

from ..editing import edits
from ..loading import csv, links, reading
from ..package.descriptor import Package
from ..passages import evidence, locating
from ..passages.passage import find
from ..validating.report import Report
from . import options, streams

# Characters shown on either side of a passage.
CONTEXT = 160


def check(arguments: argparse.Namespace) -> int:
    """Print every passage that is not where its row says, and the count of each outcome."""
    package, sources = _opened(arguments)
    checked = evidence.check(package, sources)
    counts = {"evidence": len(checked.located), "sources": len(sources.rows)}
    told = (checked.outcomes, checked.digests)
    summary = [", ".join(f"{count} {name}" for name, count in counted.items()) for counted in told]
    searched = f"{len(sources.texts)} text{'s' if len(sources.texts) > 1 else ''}"
    if unknown := sources.unknown_files:
        named = ", ".join((*unknown[:3], "…") if len(unknown) > 3 else unknown)
        searched += f"; {len(unknown)} of no source: {named}"
    summary.append(searched)
    texts = {"searched": sorted(sources.texts), "of_no_source": sources.unknown_files}
    more = {"outcomes": checked.outcomes, "digests": checked.digests, "texts": texts}
    found = Report(checked.problems, counts, tuple(package.resource_path(name) for name in counts))
    return options.tell(arguments.format, package, found, more, summary)


def digest(arguments: argparse.Namespace) -> int:
    """Write the digest of every passage that is found once, in place of the one that stands there."""
    package, sources = _opened(arguments)
    root = edits.folder(package)
    table = package.table("evidence")
    checked = evidence.check(package, sources)
    rows = (
        {**one.row, "passage_sha256": one.digest} if one.outcome in (*evidence.ACCEPTED, "changed") else one.row
        for one in checked.located
    )
    count = sum(bool(located.digest) for located in checked.located)
    print(f"{count} passage{' was' if count == 1 else 's were'} at hand")
    data = csv.written([table.columns, *([row[column] for column in table.columns] for row in rows)])
    return options.write(root, *edits.change(package, {table.path: data}))


def show(arguments: argparse.Namespace) -> int:
    """Print a record, and for each row of its evidence the sources, the address of the passage and its context."""
    package, sources = _opened(arguments)
    shown = None
    for found in reading.passages_of(package, arguments.id):
        row = {column: cell or "" for column, cell in found.items()}
        record = row["record_table"], row["record_id"]
        if record != shown:
            shown = record
            print(" ".join(record))
            rows = evidence.rows(package, package.table(record[0]))
            _print_cells(next((cells for _, cells in rows if cells.get("id") == record[1]), {}))
        print(f"{row['id']}: {row['relation']} {row['fields'] or 'the whole row'}")
        source, via = (
            f"{sources.rows.get(key, {}).get('title', '')} ({key})" if key else ""
            for key in (row["source_id"], row["via_source_id"])
        )
        quote = {column: row[column] for column in ("quote_start", "quote_end")}
        address = links.opening(links.address(sources.rows, row["source_id"]), *quote.values())
        _print_cells({"source": source, "address": address, "via": via, **quote})
        if arguments.texts:
            print(f"  {_context(row, sources)}")
    return 0


def locate(arguments: argparse.Namespace) -> int:
    """Print the columns of evidence for the passage on standard input, or why there are none."""
    proposals = locating.propose(*_opened(arguments), streams.piped_text())
    for proposal in proposals:
        _print_cells(proposal._asdict())
    return 1 if all(proposal.reason for proposal in proposals) else 0


_VERBS = {
    "check": (check, "find the passage of every row of evidence"),
    "digest": (digest, "write the digest of every passage that the texts hold"),
    "show": (show, "show a record, its sources and its passages"),
    "locate": (locate, "propose first and last words for the passage on standard input"),
}


def _add_verbs(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (verb, summary) in _VERBS.items():
        command = verbs.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        command.set_defaults(verb=verb)
        if verb is show:
            command.add_argument("id", metavar="ID", help="a row of evidence, or a record, for all its evidence")
        texts, is_needed = "folder of source texts; can be given more than once", verb is not show
        command.add_argument("--texts", metavar="DIR", action="append", default=[], required=is_needed, help=texts)
        options.ROOT(command)
        if verb is check:
            options.FORMAT(command)


ARGUMENTS = (_add_verbs,)


def run(arguments: argparse.Namespace) -> int:
    """Run one sub-command."""
    return int(arguments.verb(arguments))


def _opened(arguments: argparse.Namespace) -> tuple[Package, evidence.Sources]:
    package = options.package(arguments)
    return package, evidence.Sources(package, *arguments.texts)


def _print_cells(cells: Mapping[str, object]) -> None:
    for name, value in cells.items():
        if value:
            print(f"  {name}: {value}")


def _context(row: Mapping[str, str], sources: evidence.Sources) -> str:
    holder = sources.holder(row["source_id"])
    if not holder:
        return "no text of this source"
    text = sources.texts[holder]
    spans = find(text, row["quote_start"], row["quote_end"]).spans
    if len(spans) != 1:
        return f"the passage is {'not' if not spans else 'more than once'} in the text; `evidence check` says more"
    ((begin, end),) = spans
    first, last = text.lines[text.line(begin) - 1]
    left, right = max(first, begin - CONTEXT), min(last, end + CONTEXT)
    before = ("…" if left > first else "") + text.text[left:begin]
    after = text.text[end:right] + ("…" if right < last else "")
    return f"line {text.line(begin)}: {before}[{text.text[begin:end]}]{after}"
