"""`evidence`: the passages behind the record, in the source texts."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING

from ..editing import edits
from ..loading import links, reading
from ..passages import coverage, evidence, locating
from ..passages.passage import find
from . import options, streams
from .validate import FORMATS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ..package.descriptor import Package
    from ..problems import Problem
# Characters shown on either side of a passage.
CONTEXT = 160


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for verb, summary in (
        (check, "find the passage of every row of evidence"),
        (digest, "write the digest of every passage that the texts hold"),
        (show, "show a record, its sources and its passages"),
        (cover, "tell which sentences of the texts carry no row"),
        (locate, "propose first and last words for the passage on standard input"),
    ):
        name = "coverage" if verb is cover else verb.__name__
        command = verbs.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        command.set_defaults(verb=verb)
        if verb is show:
            command.add_argument("id", metavar="ID", help="a row of evidence, or a record, for all its evidence")
        command.add_argument(
            "--texts",
            metavar="DIR",
            action="append",
            default=[],
            required=verb is not show,
            help="folder of source texts; can be given more than once",
        )
        options.add_root(command)
        if verb in (check, cover):
            command.add_argument("--format", choices=FORMATS, default="text", help="how to tell (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Run one sub-command."""
    return int(arguments.verb(arguments))


def check(arguments: argparse.Namespace) -> int:
    """Print every passage that is not where its row says, and the count of each outcome."""
    package = options.package(arguments)
    sources = evidence.Sources(package, *arguments.texts)
    checked = evidence.check(package, sources)
    paths = [package.resource_path(name) for name in ("evidence", "sources")]
    counts = {"evidence": len(checked.located), "sources": len(sources.rows)}
    texts = {"searched": sorted(sources.texts), "of_no_source": sources.unknown_files}
    summary = [
        ", ".join(f"{count} {name}" for name, count in counted.items())
        for counted in (checked.outcomes, checked.digests)
    ]
    searched = f"{len(sources.texts)} text{'s' if len(sources.texts) > 1 else ''}"
    summary.append("; of no source: ".join(filter(None, (searched, ", ".join(sources.unknown_files)))))
    _report(
        arguments.format,
        options.from_top(package, checked.problems) if arguments.format == "github" else checked.problems,
        counts,
        tuple(paths),
        {"outcomes": checked.outcomes, "digests": checked.digests, "texts": texts},
        summary,
    )
    return 1 if checked.problems else 0


def digest(arguments: argparse.Namespace) -> int:
    """Write the digest of every passage that is found once, in place of the one that stands there."""
    package = options.package(arguments)
    root = edits.folder(package)
    table = package.table("evidence")
    checked = evidence.check(package, evidence.Sources(package, *arguments.texts))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, table.columns, lineterminator="\n")
    writer.writeheader()
    for located in checked.located:
        is_found = located.outcome in (*evidence.ACCEPTED, "changed")
        writer.writerow(
            {**located.row, "passage_sha256": located.digest if is_found else located.row["passage_sha256"]}
        )
    count = sum(bool(located.digest) for located in checked.located)
    print(f"{count} passage{' was' if count == 1 else 's were'} at hand")
    return options.write(root, *edits.change(package, {table.path: text.getvalue().encode()}))


def cover(arguments: argparse.Namespace) -> int:
    """Print the share of sentences that carry rows or are residue, and each open sentence by its place."""
    package = options.package(arguments)
    sources = evidence.Sources(package, *arguments.texts)
    checked = evidence.check(package, sources)
    covered = coverage.coverage(package, sources, checked.located)
    documents, summary = [], []
    for document in covered.documents:
        text = sources.texts[document.source_id].text
        counts = {"sentences": len(document.sentences)}
        counts |= {state: document.count(state) for state in ("carried", "residue", "open")}
        share = f"{_percent(document)} %"
        summary.append(f"{document.source_id}: {', '.join(f'{n} {name}' for name, n in counts.items())}: {share}")
        places = [
            {
                "line": sentence.line,
                "sentence": sentence.number,
                "starts_with": coverage.first_words(text[slice(*sentence.span)]),
            }
            for sentence in document.sentences
            if sentence.state == "open"
        ]
        documents.append({"source_id": document.source_id, **counts, "share": document.share, "places": places})
        summary += ["  line {line}, sentence {sentence}: {starts_with}".format_map(place) for place in places]
    not_found = sum(row.outcome not in evidence.ACCEPTED for row in checked.located)
    if not_found:
        summary.append(f"rows of evidence that carry nothing here, as `evidence check` explains: {not_found}")
    if covered.unjudged:
        summary.append(f"entries of {coverage.RESIDUE} about sources that have no text here: {covered.unjudged}")
    _report(
        arguments.format,
        options.from_top(package, covered.problems) if arguments.format == "github" else covered.problems,
        {},
        (coverage.RESIDUE,),
        {"documents": documents, "rows_that_carry_nothing": not_found, "unjudged_residue": covered.unjudged},
        summary,
    )
    return 1 if covered.problems or any(document.count("open") for document in covered.documents) else 0


def show(arguments: argparse.Namespace) -> int:
    """Print a record, and for each row of its evidence the sources, the address of the passage and its context."""
    package = options.package(arguments)
    sources = evidence.Sources(package, *arguments.texts)
    shown = None
    for found in reading.passages_of(package, arguments.id):
        row = {column: cell or "" for column, cell in found.items()}
        record = row["record_table"], row["record_id"]
        if record != shown:
            shown = record
            print(" ".join(record))
            _print_cells(_record(package, *record))
        print(f"{row['id']}: {row['relation']} {row['fields'] or 'the whole row'}")
        _print_cells(_sources_of(row, sources))
        if arguments.texts:
            print(f"  {_context(row, sources)}")
    return 0


def locate(arguments: argparse.Namespace) -> int:
    """Print the columns of evidence for the passage on standard input, or why there are none."""
    package = options.package(arguments)
    proposals = locating.propose(package, evidence.Sources(package, *arguments.texts), streams.piped_text())
    for proposal in proposals:
        _print_cells(proposal._asdict())
    return 1 if all(proposal.reason for proposal in proposals) else 0


def _report(
    format: str,
    problems: list[Problem],
    counts: Mapping[str, int],
    paths: tuple[str, ...],
    more: Mapping[str, Any],
    summary: Iterable[str],
) -> None:
    # Imported here, because it brings the engine: a passage can be shown without.
    from ..validating.validation import Report

    report = FORMATS[format](Report(problems, counts, paths))
    if format == "json":
        print(json.dumps(json.loads(report) | more, ensure_ascii=False, indent=2))
    else:
        print(report + "\n".join(summary))


def _print_cells(cells: Mapping[str, object]) -> None:
    for name, value in cells.items():
        if value:
            print(f"  {name}: {value}")


def _record(package: Package, table: str, key: str) -> Mapping[str, object]:
    rows = evidence.rows(package, package.table(table)) if table in package.names() else ()
    return next((row for _, row in rows if row.get("id") == key), {})


def _sources_of(row: Mapping[str, str], sources: evidence.Sources) -> dict[str, str]:
    titles = {column: sources.rows.get(row[column], {}).get("title", "") for column in ("source_id", "via_source_id")}
    address = links.opening(sources.address(row["source_id"]), row["quote_start"], row["quote_end"])
    return {
        "source": f"{titles['source_id']} ({row['source_id']})",
        "address": address,
        "via": f"{titles['via_source_id']} ({row['via_source_id']})" if row["via_source_id"] else "",
        "quote_start": row["quote_start"],
        "quote_end": row["quote_end"],
    }


def _context(row: Mapping[str, str], sources: evidence.Sources) -> str:
    holder = sources.holder(row["source_id"])
    if not holder:
        return "no text of this source"
    text = sources.texts[holder]
    spans = find(text, row["quote_start"], row["quote_end"]).spans
    if len(spans) != 1:
        return f"the passage is {'not' if not spans else 'more than once'} in the text; `evidence check` says more"
    ((begin, end),) = spans
    line = text.line(begin)
    first, last = text.lines[line - 1]
    left, right = max(first, begin - CONTEXT), min(last, end + CONTEXT)
    before = ("…" if left > first else "") + text.text[left:begin]
    after = text.text[end:right] + ("…" if right < last else "")
    return f"line {line}: {before}[{text.text[begin:end]}]{after}"


def _percent(document: coverage.Document) -> float:
    # Rounded down: only a text without an open sentence shows 100.
    return math.floor(1000 * document.share) / 10
