"""Pages over the whole record: home, the matrix of propositions, the network, charts."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ..loading import citation
from . import charts as drawn
from . import findings, texts, words
from .page import Page
from .record import COLLECTIVE, KINDS, OUTSIDE, Position, Record, Row

_COUNTS = (
    ("statements", "statements", "statements/index.html"),
    ("people", "people", "people/index.html"),
    ("positions", "positions", "tables/positions.html"),
    ("laws and plans", "laws", "laws/index.html"),
    ("events", "events", "events/index.html"),
    ("figures", "statistics", "figures/index.html"),
    ("sources", "sources", "sources/index.html"),
    ("passages", "evidence", "tables/evidence.html"),
)
# Parts of the matrix of propositions: heading and what it means.
_BLOCKS = {
    "contested": ("Contested", "one agrees, another disagrees"),
    "abroad": ("Contested only from abroad", "all who agree, or all who disagree, are from abroad"),
    "elsewhere": (
        "Not contradicted, but others want something else",
        "nobody disagrees; some hold a rival proposition or want something else first",
    ),
    "agreed": ("Agreed by all on record", "nobody disagrees; not a consensus, see the limits of the record"),
    "other": ("Only disagreement on record", "nobody agrees"),
    "nobody": ("Nobody yet", "no speaker on record has taken a side"),
}
# How many contested propositions the first page shows.
_SHOWN = 12
# How many contested propositions a drawing of lines may hold.
_DRAWN = 12


def home(record: Record) -> Page:
    """Make the first page."""
    package = record.package
    chart = drawn.timeline(record)
    context = {
        "contested": [_contest(record, proposition) for proposition in record.contested[:_SHOWN]],
        "contested_title": findings.contested(record),
        "contested_count": len(record.contested),
        "propositions": len(record.rows("propositions")),
        "laws": len(record.rows("laws")),
        "met": len({asked["id"] for _, asked in record.met}),
        "topics": sorted(record.rows("topics"), key=lambda row: row["name"]),
        "counts": [(name, len(record.rows(table)), path) for name, table, path in _COUNTS],
        "timeline": chart,
        "citation": citation.cite(package).text,
    }
    json_ld = {
        "@type": "Dataset",
        "name": package.descriptor["title"],
        "description": package.descriptor["description"],
        "version": package.version,
        "license": package.descriptor["licenses"][0]["path"],
        "dateModified": package.created,
        "keywords": package.descriptor.get("keywords", []),
        "creator": {"@type": "Organization", "name": package.descriptor["contributors"][0]["title"]},
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": f"tables/{name}.csv"}
            for name in package.names()
        ],
    }
    about = "Who said what about which Chinese AI law, when and where, and who disagrees, each with its passage."
    title = package.descriptor["title"]
    return Page("index.html", "home.html", title, about, context=context, json_ld=json_ld, charts={"timeline": chart})


def _contest(record: Record, proposition: Row) -> dict[str, object]:
    sides = record.sides(proposition["id"])
    latest = record.positions_of[proposition["id"]][0]
    return {
        "proposition": proposition,
        "agree": _marks("agrees", sides["agrees"].values()),
        "disagree": _marks("disagrees", sides["disagrees"].values()),
        "latest": f"{findings.holds(record, latest)},",
        "when": words.told(latest.statement, short=True),
    }


def _marks(value: str, speakers: Iterable[Sequence[Position]]) -> list[tuple[str, bool]]:
    return [(value, is_open) for is_open in sorted(positions[0].kind in COLLECTIVE for positions in speakers)]


def propositions(record: Record) -> Page:
    """Make the matrix of kinds of speaker against propositions."""
    blocks: dict[str, list[object]] = {block: [] for block in _BLOCKS}
    for proposition in record.ranked:
        sides = record.sides(proposition["id"])
        cells = Counter((held[0].kind, value) for value, speakers in sides.items() for held in speakers.values())
        block, other = _block(record, proposition["id"])
        blocks[block].append((proposition, cells, other))
    taken, nobody = len(record.ranked) - len(blocks["nobody"]), len(blocks["nobody"])
    speakers = {one.speaker for one in record.positions}
    lede = (
        f"A proposition is one arguable sentence. {words.capital(words.counted(len(speakers), 'speaker'))} "
        f"take{'s' if len(speakers) == 1 else ''} a side on {words.number(taken)} of them"
        f"{f'; on {words.number(nobody)} nobody has been found yet' if nobody else ''}."
    )
    present = {one.kind for one in record.positions}
    kinds = [kind for kind in KINDS if kind in present]
    context = {
        "kinds": kinds,
        "collective": COLLECTIVE,
        # Columns before which a line stands.
        "apart": [next((kind for kind in kinds if kind in part), "") for part in (COLLECTIVE, OUTSIDE)],
        "blocks": [(*headed, blocks[block]) for block, headed in _BLOCKS.items()],
        "lede": lede,
        "seats": findings.seats(record),
    }
    rows: dict[str, Sequence[Row]] = {"propositions": record.ranked, "positions": record.rows("positions")}
    path, title = "propositions/index.html", findings.contested(record)
    return Page(path, "propositions.html", title, lede, "Propositions", rows=rows, context=context)


def _block(record: Record, key: str) -> tuple[str, str]:
    """Tell in which part of the matrix a proposition stands, and who wants something else where that matters."""
    sides = record.sides(key)
    if record.is_contested(key) or sides["disagrees"]:
        return "contested" if record.is_contested(key) else "abroad" if sides["agrees"] else "other", ""
    if not any(sides.values()):
        return "nobody", ""
    other = findings.otherwise(record, key)
    return "elsewhere" if other else "agreed", other


def network(record: Record) -> Page:
    """Draw who stands where on what is contested."""
    chart = drawn.network(record, record.contested[:_DRAWN]) if record.contested else None
    title = "Who stands where on what is contested"
    return Page(
        "propositions/network.html",
        "network.html",
        title,
        f"{chart.title}." if chart else "No proposition is contested in this version.",
        "Propositions",
        (("Propositions", "propositions/index.html"),),
        context={"drawn": chart},
        charts={"network": chart} if chart else {},
    )


def data(record: Record, found: Iterable[str], since: texts.Since | None) -> Page:
    """Make the page of downloads and of texts on method."""
    listed = [("Data dictionary", "method/data-dictionary.html"), ("Changes", "changes.html")]
    listed += [(f"Changes since version {since.version}, row by row", "since.html")] if since else []
    listed += [("Charts", "charts.html"), ("Where sources disagree", "disagreements.html")]
    listed += [(title, f"method/{name}.html") for name, title in texts.TITLES.items() if name in found]
    package = record.package
    context = {
        "tables": [(package.table(name), len(record.rows(name))) for name in package.names()],
        "texts": listed,
        "topics": record.rows("topics"),
        "citation": citation.cite(package).text,
    }
    title, about = "Data and method", "Download the tables and read how the record was made."
    return Page("data.html", "data.html", title, about, title, context=context)


def charts(record: Record) -> Page:
    """Make the page of charts."""
    found = {name: chart for name, chart in drawn.of_the_whole(record) if chart}
    about = "Charts of the record, each with its numbers."
    return Page(
        "charts.html", "charts.html", "Charts", about, "Data and method", context={"charts": found}, charts=found
    )
