"""`network`: who agrees with whom, as GraphML or as a list of events."""

import argparse
import io

from ..loading import network
from .options import ROOT, argument, package

NORMALIZATIONS = tuple(dict.fromkeys(name for names in network.NORMALIZATIONS.values() for name in names))
# The choices of the functions in `network`, by their parameters.
_EVENTS = ("actor", "include", "conditional", "until", "propositions")
_GRAPH = ("kind", "agreement", "duplicates", "normalization")
ARGUMENTS = (
    argument("--kind", choices=network.KINDS, default="one-mode", help="among actors, or with propositions"),
    argument("--actor", choices=network.ACTORS, default="speaker", help="who holds a position"),
    argument("--agreement", choices=network.AGREEMENTS, default="congruence", help="what an edge counts"),
    argument("--duplicates", choices=network.DUPLICATES, default="once", help="how repetitions count"),
    argument("--normalization", choices=NORMALIZATIONS, default="none", help="what weights are divided by"),
    argument("--include", choices=network.ASIDE, action="append", default=[], help="speakers to take in"),
    argument("--conditional", action="store_true", help="count a conditional position as agreement"),
    argument("--until", metavar="DAY", help="keep what was certainly said by this day, YYYY-MM-DD"),
    argument(
        "--proposition", dest="propositions", metavar="ID", action="append", default=[], help="a proposition to keep"
    ),
    argument("--format", choices=("graphml", "events"), default="graphml", help="events: one line a position, as CSV"),
    ROOT,
)


def run(arguments: argparse.Namespace) -> int:
    """Print the network."""
    listed = network.events(package(arguments), **{name: getattr(arguments, name) for name in _EVENTS})
    if arguments.format == "events":
        print(listed.to_csv(index=False, lineterminator="\n"), end="")
        return 0
    graph = network.graph(listed, **{name: getattr(arguments, name) for name in _GRAPH})
    import networkx as nx

    data = io.BytesIO()
    nx.write_graphml_xml(graph, data)
    print(data.getvalue().decode())
    return 0
