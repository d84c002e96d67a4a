"""Networks of agreement: the published formulas, what is left out, and files that lose nothing."""

from __future__ import annotations

import csv
import io
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest

import china_ai_lawmaking as cal
from china_ai_lawmaking.cli import main
from china_ai_lawmaking.errors import UsageError
from china_ai_lawmaking.loading import network
from china_ai_lawmaking.package import descriptor

if TYPE_CHECKING:
    from pathlib import Path

POSITIONS = ("agrees", "disagrees")


class Event(NamedTuple):
    """One actor's position in one statement."""

    statement_id: str
    date_from: str
    date_to: str
    actor_id: str
    actor: str
    actor_kind: str
    role_kind: str
    proposition_id: str
    proposition: str
    position: str


def framed(listed: list[Event]) -> pd.DataFrame:
    return pd.DataFrame(listed, columns=list(network.EVENT))


def event(actor: str, proposition: str, position: str, place: int = 0) -> Event:
    return Event(
        f"st-{place:05}",
        "",
        "",
        actor,
        actor.title(),
        "person",
        "legislator",
        proposition,
        proposition.upper(),
        position,
    )


def drawn(seed: int) -> list[Event]:
    """Draw positions of some actors, some of them taken more than once or against themselves."""
    chance = random.Random(seed)
    actors, propositions = 2 + seed % 5, 1 + seed % 4
    return [
        event(f"a{chance.randrange(actors)}", f"p{chance.randrange(propositions)}", chance.choice(POSITIONS), place)
        for place in range(3 + 4 * seed)
    ]


FIXTURES = {
    "one": [event("a", "p", "agrees")],
    "two agree": [event("a", "p", "agrees"), event("b", "p", "agrees")],
    "two disagree": [event("a", "p", "agrees"), event("b", "p", "disagrees")],
    "against oneself": [event("a", "p", "agrees"), event("a", "p", "disagrees"), event("b", "p", "agrees")],
    "said twice": [*[event("a", "p", "agrees")] * 2, *[event("b", "p", "agrees")] * 3, event("b", "q", "disagrees")],
    "nothing in common": [event("a", "p", "agrees"), event("b", "q", "agrees")],
    **{f"drawn {seed}": drawn(seed) for seed in range(1, 9)},
}


def counts(listed: list[Event], duplicates: str) -> tuple[list[str], list[str], np.ndarray[Any, Any]]:
    """Give actors, propositions and x[i, k, q]."""
    actors, propositions = (
        list(dict.fromkeys(getattr(e, name) for e in listed)) for name in ("actor_id", "proposition_id")
    )
    x = np.zeros((len(actors), len(propositions), 2))
    for e in listed:
        x[actors.index(e.actor_id), propositions.index(e.proposition_id), POSITIONS.index(e.position)] += 1
    return actors, propositions, np.minimum(x, 1) if duplicates == "once" else x


def one_mode(x: np.ndarray[Any, Any], agreement: str, normalization: str) -> np.ndarray[Any, Any]:
    congruence, conflict = np.einsum("ikq,jkq->ij", x, x), np.einsum("ikq,jkq->ij", x, x[:, :, ::-1])
    weights = {"congruence": congruence, "conflict": conflict, "subtract": congruence - conflict}[agreement]
    sums, lengths, has = x.sum((1, 2)), np.sqrt((x**2).sum((1, 2))), x > 0
    either = (has[:, None] | has[None, :]).sum((2, 3))
    divisor = {
        "none": np.ones_like(weights),
        "average": (sums[:, None] + sums[None, :]) / 2,
        "jaccard": either,
        "cosine": np.outer(lengths, lengths),
    }[normalization]
    return np.asarray(weights / divisor)


def two_mode(x: np.ndarray[Any, Any], agreement: str, normalization: str) -> np.ndarray[Any, Any]:
    weights = {"congruence": x[:, :, 0], "conflict": x[:, :, 1], "subtract": x[:, :, 0] - x[:, :, 1]}[agreement]
    divisor = {
        "none": np.ones_like(weights),
        "activity": x.sum((1, 2))[:, None] * np.ones_like(weights),
        "prominence": x.sum((0, 2))[None, :] * np.ones_like(weights),
    }[normalization]
    return np.asarray(weights / divisor)


@pytest.mark.parametrize("duplicates", network.DUPLICATES)
@pytest.mark.parametrize("agreement", network.AGREEMENTS)
@pytest.mark.parametrize("name", FIXTURES)
def test_weights_are_those_of_the_formulas_in_matrices(name: str, agreement: str, duplicates: str) -> None:
    listed = FIXTURES[name]
    actors, propositions, x = counts(listed, duplicates)
    for kind, matrix, columns in (("one-mode", one_mode, actors), ("two-mode", two_mode, propositions)):
        for normalization in network.NORMALIZATIONS[kind]:
            graph = network.graph(
                framed(listed), kind=kind, agreement=agreement, duplicates=duplicates, normalization=normalization
            )
            weights = matrix(x, agreement, normalization)
            for i, one in enumerate(actors):
                for j, two in enumerate(columns):
                    if one != two:
                        found = graph.edges[one, two]["weight"] if graph.has_edge(one, two) else 0.0
                        assert abs(found - weights[i, j]) < 1e-12
            assert all(weight != 0 for *_, weight in graph.edges(data="weight"))


def test_persons_and_bodies_are_told_apart_and_the_rest_is_asked_for(record: cal.Dataset) -> None:
    # The one group of the good package agrees, the one condition is that of An Wei.
    assert dict(record.network().nodes(data="kind")) == {"an-wei": "person", "bo-lin": "person"}
    assert "legislators" in record.network(include=["group"])
    two_mode = record.network("two-mode", conditional=True, duplicates="all")
    assert two_mode.edges["an-wei", "robot-labels"]["weight"] == 2
    assert record.network("two-mode", duplicates="all").edges["an-wei", "robot-labels"]["weight"] == 1
    assert two_mode.nodes["robot-labels"] == {
        "label": "Robots should have to carry a label.",
        "kind": "proposition",
        "role_kind": "",
    }


def test_actors_can_be_organizations_or_kinds_of_roles(record: cal.Dataset) -> None:
    assert list(record.network("two-mode", actor="organization").nodes) == ["inland-assembly", "robot-labels"]
    assert list(record.network("two-mode", actor="role_kind").nodes) == ["legislator", "robot-labels"]


def test_only_the_propositions_that_are_asked_for_join_actors(record: cal.Dataset) -> None:
    kept = record.network("two-mode", include=["group"], propositions=["law-on-robots"])
    assert dict(kept.nodes(data="role_kind")) == {"legislators": "", "law-on-robots": ""}
    assert record.network("two-mode").nodes["an-wei"]["role_kind"] == "legislator"


def test_what_was_said_later_is_left_out(record: cal.Dataset) -> None:
    assert "an-wei" not in record.network(until="2025-03-05")
    assert "an-wei" in record.network(until="2025-03-06")


def test_undated_positions_are_counted(root: Path) -> None:
    path = root / "data" / "statements.csv"
    path.write_text(
        path.read_text("utf-8").replace(
            "2025-03-06,day,event,robot-forum-2025,,false,\nst-00002", ",,,robot-forum-2025,,false,\nst-00002"
        ),
        "utf-8",
    )
    with pytest.warns(UserWarning, match="1 undated position was left out"):
        cal.open(root).network(until="2025-12-31")
    command = [sys.executable, "-m", "china_ai_lawmaking", "network", "--until", "2025-12-31", "--root", str(root)]
    told = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stderr
    assert told == "note: 1 undated position was left out\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "three-mode"}, "kind='three-mode' is not one of two-mode, one-mode"),
        ({"actor": "party"}, "actor='party' is not one of speaker, organization, role_kind"),
        ({"agreement": "yes"}, "agreement='yes' is not one of congruence, conflict, subtract"),
        ({"duplicates": "twice"}, "duplicates='twice' is not one of once, all"),
        ({"normalization": "activity"}, "normalization='activity' is not one of none, average, jaccard, cosine"),
        ({"include": ["person"]}, "include='person' is not one of group, outlet, instrument"),
        (
            {"propositions": ["robots"]},
            "propositions='robots' is not one of amend-the-data-act, law-on-robots, robot-labels",
        ),
        ({"until": "March"}, "until='March' is no day; write it as 2025-03-31"),
    ],
)
def test_wrong_use_is_told_with_the_choices(record: cal.Dataset, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        record.network(**options)


@pytest.mark.parametrize("kind", network.KINDS)
@pytest.mark.parametrize("name", FIXTURES)
def test_graphml_opens_elsewhere_with_nothing_lost(name: str, kind: str, tmp_path: Path) -> None:
    listed, normalization = framed(FIXTURES[name]), network.NORMALIZATIONS[kind][1]
    options = {"agreement": "congruence", "duplicates": "all", "normalization": normalization}
    graph = network.graph(listed, kind=kind, **options)
    nx.write_graphml_xml(graph, tmp_path / "network.graphml")
    again = nx.read_graphml(tmp_path / "network.graphml")
    assert (dict(again.nodes(data=True)), list(again.edges(data=True))) == (
        dict(graph.nodes(data=True)),
        list(graph.edges(data=True)),
    )
    opened = igraph.Graph.Read_GraphML(str(tmp_path / "network.graphml"))
    assert {node["id"]: {name: node[name] for name in ("label", "kind", "role_kind")} for node in opened.vs} == dict(
        graph.nodes(data=True)
    )
    edges = {frozenset(opened.vs[end]["id"] for end in edge.tuple): edge["weight"] for edge in opened.es}
    assert edges == {frozenset(pair): weight for *pair, weight in graph.edges(data="weight")}


def read(data: bytes) -> list[Event]:
    header, *rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    assert tuple(header) == Event._fields
    return [Event(*row) for row in rows]


def test_a_list_of_events_goes_out_and_back(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [*FIXTURES["drawn 5"], event('a; "b"', "p,q", "agrees")._replace(actor=' An "Wei"; 安伟\n')]
    monkeypatch.setattr(network, "events", lambda *_, **__: framed(listed))
    assert main(["network", "--root", str(root), "--format", "events"]) == 0
    assert read(capsys.readouterr().out.encode()) == listed


def test_the_command_writes_both_forms(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["network", "--root", str(root), "--include", "group"]) == 0
    graph = nx.read_graphml(io.BytesIO(capsys.readouterr().out.encode()))
    assert dict(graph.nodes(data=True)) == dict(cal.open(root).network(include=["group"]).nodes(data=True))
    assert main(["network", "--root", str(root), "--format", "events"]) == 0
    opened = descriptor.open_package(root)
    shown = network.events(opened, actor="speaker", include=(), conditional=False, until=None, propositions=())
    listed = [Event(*row) for row in shown.itertuples(index=False)]
    assert read(capsys.readouterr().out.encode()) == listed
    assert [(e.actor_id, e.position) for e in listed] == [("an-wei", "agrees"), ("bo-lin", "agrees")]
