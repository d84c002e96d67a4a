"""`network`: who agrees with whom, as GraphML or as a list of events."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from ..loading import network
from . import options

if TYPE_CHECKING:
    import argparse

FORMATS = ("graphml", "events")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    normalizations = list(dict.fromkeys(name for names in network.NORMALIZATIONS.values() for name in names))
    parser.add_argument("--kind", choices=network.KINDS, default="one-mode", help="among actors, or with propositions")
    parser.add_argument("--actor", choices=network.ACTORS, default="speaker", help="who holds a position")
    parser.add_argument("--agreement", choices=network.AGREEMENTS, default="congruence", help="what an edge counts")
    parser.add_argument("--duplicates", choices=network.DUPLICATES, default="once", help="how repetitions count")
    parser.add_argument("--normalization", choices=normalizations, default="none", help="what weights are divided by")
    parser.add_argument("--include", choices=network.ASIDE, action="append", default=[], help="speakers to take in")
    parser.add_argument("--conditional", action="store_true", help="count a conditional position as agreement")
    parser.add_argument("--until", metavar="DAY", help="keep what was certainly said by this day, YYYY-MM-DD")
    parser.add_argument("--format", choices=FORMATS, default="graphml", help="events: one line a position, as CSV")
    options.add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the network."""
    listed = network.events(
        options.package(arguments),
        actor=arguments.actor,
        include=arguments.include,
        conditional=arguments.conditional,
        until=arguments.until,
    )
    if arguments.format == "events":
        sys.stdout.write(network.write(listed).decode())
        return 0
    graph = network.graph(
        listed,
        kind=arguments.kind,
        agreement=arguments.agreement,
        duplicates=arguments.duplicates,
        normalization=arguments.normalization,
    )
    import networkx as nx

    data = io.BytesIO()
    nx.write_graphml_xml(graph, data)
    print(data.getvalue().decode())
    return 0
