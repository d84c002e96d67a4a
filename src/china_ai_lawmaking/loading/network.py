"""Who agrees with whom, as a network: positions as events, and the weights of discourse network analysis.

The formulas are those that Leifeld publishes for Discourse Network Analyzer. Let x[i,k,q] count how often actor i takes
the position q (agrees, disagrees) on proposition k; with `duplicates="once"` it is at most 1.

- congruence of i and j: sum over k and q of x[i,k,q] * x[j,k,q]
- conflict of i and j: sum over k of x[i,k,agrees] * x[j,k,disagrees] + x[i,k,disagrees] * x[j,k,agrees]
- subtract: congruence less conflict
- normalization `average`: divided by the mean of the sums of x[i] and x[j]; `cosine`: by the product of their Euclidean
  lengths; `jaccard`: by the number of pairs (k, q) that at least one of the two has
- between an actor and a proposition: agrees, disagrees, or agrees less disagrees; normalization `activity`: divided by
  the sum of x[i]; `prominence`: by the sum of x over all actors at k
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations
from typing import Any

import pandas as pd

from ..errors import UsageError
from .views import Record, bounded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    import networkx as nx

    from ..package.descriptor import Package

    # Counts of positions, by proposition and position.
    Profile = Counter[tuple[str, str]]

AGREES, DISAGREES, CONDITIONAL = "agrees", "disagrees", "conditional"
KINDS = ("two-mode", "one-mode")
ACTORS = ("speaker", "organization", "role_kind")
AGREEMENTS = ("congruence", "conflict", "subtract")
DUPLICATES = ("once", "all")
NORMALIZATIONS = {"two-mode": ("none", "activity", "prominence"), "one-mode": ("none", "average", "jaccard", "cosine")}
# Kinds of speakers that are no actors of a debate unless somebody asks for them.
ASIDE = ("group", "outlet", "instrument")


# What is listed of one actor's position in one statement.
EVENT = (
    "statement_id", "date_from", "date_to", "actor_id", "actor", "actor_kind", "role_kind", "proposition_id",
    "proposition", "position",
)  # fmt: skip


def events(
    package: Package,
    *,
    actor: str,
    include: Sequence[str],
    conditional: bool,
    until: str | date | None,
    propositions: Sequence[str],
) -> pd.DataFrame:
    """List the positions of actors, in the order of the table; the options are those of `Dataset.network`.

    Returns:
        The columns `EVENT`, all text; dates are days as YYYY-MM-DD, or empty.
    """
    _check("actor", actor, ACTORS)
    for kind in include:
        _check("include", kind, ASIDE)
    record = Record(package)
    spoken = record.spoken
    known = spoken[["speaker_kind", "date_from", "date_to"]]
    rows = record["positions"].join(known, on="statement_id", how="inner").astype({"position": "string"})
    for name in propositions:
        _check("propositions", name, record["propositions"]["id"].tolist())
    rows = rows[rows["proposition_id"].isin(propositions)] if propositions else rows
    rows = rows[~rows["speaker_kind"].isin({*ASIDE} - {*include})]
    rows = rows.replace({"position": {CONDITIONAL: AGREES}}) if conditional else rows[rows["position"] != CONDITIONAL]
    rows = rows if until is None else bounded(rows, until, "position")
    rows = rows.assign(
        proposition=record.named("propositions", rows["proposition_id"]),
        **{day: rows[day].dt.strftime("%Y-%m-%d").fillna("") for day in ("date_from", "date_to")},
    )
    return rows.merge(_actors(record, spoken, actor), on="statement_id")[list(EVENT)]


def graph(listed: pd.DataFrame, *, kind: str, agreement: str, duplicates: str, normalization: str) -> nx.Graph[str]:
    """Make a network of events; the options are those of `Dataset.network`. Actors without an edge are nodes too."""
    _check("kind", kind, KINDS)
    _check("agreement", agreement, AGREEMENTS)
    _check("duplicates", duplicates, DUPLICATES)
    _check("normalization", normalization, NORMALIZATIONS[kind])
    import networkx as nx

    result: nx.Graph[str] = nx.Graph(kind=kind, agreement=agreement, duplicates=duplicates, normalization=normalization)
    profiles: dict[str, Profile] = {}
    propositions = {}
    roles = listed.groupby("actor_id")["role_kind"].unique()
    event: Any
    for event in listed.itertuples():
        told = "; ".join(filter(None, roles[event.actor_id]))
        result.add_node(event.actor_id, label=event.actor, kind=event.actor_kind, role_kind=told)
        propositions[event.proposition_id] = event.proposition
        profile = profiles.setdefault(event.actor_id, Counter())
        key = event.proposition_id, event.position
        profile[key] = 1 if duplicates == "once" else profile[key] + 1
    if kind == "two-mode":
        for name, label in propositions.items():
            result.add_node(name, label=label, kind="proposition", role_kind="")
    edges = (_two_mode if kind == "two-mode" else _one_mode)(profiles, agreement, normalization)
    result.add_weighted_edges_from(edge for edge in edges if edge[2])
    return result


def _actors(record: Record, spoken: pd.DataFrame, actor: str) -> pd.DataFrame:
    """Give the actors of each statement; co-speakers hold what the speaker says."""
    columns = {
        "role_kind": ("role_kind", "role_kind"),
        "organization": ("body_id", "organization"),
        "speaker": ("speaker_id", "first_speaker"),
    }[actor]
    kind = spoken["speaker_kind"] if actor == "speaker" else actor
    found = spoken[list(columns)].set_axis(["actor_id", "actor"], axis=1).assign(actor_kind=kind)
    found = found.assign(role_kind=spoken["role_kind"].fillna(""))
    found = found.rename_axis("statement_id").dropna(subset="actor_id").reset_index()
    if actor != "speaker":
        return found
    others = record["statement_cospeakers"].rename(columns={"person_id": "actor_id"})
    names = record.cells("statement_cospeakers", "person_id")
    return pd.concat([found, others.assign(actor=names, actor_kind="person", role_kind="")])


def _two_mode(profiles: dict[str, Profile], agreement: str, normalization: str) -> Iterator[tuple[str, str, float]]:
    prominence: Counter[str] = Counter()
    for profile in profiles.values():
        for (proposition, _), count in profile.items():
            prominence[proposition] += count
    for name, profile in profiles.items():
        for proposition in dict.fromkeys(proposition for proposition, _ in profile):
            weight = _weight(profile[proposition, AGREES], profile[proposition, DISAGREES], agreement)
            divisor = {"none": 1, "activity": profile.total(), "prominence": prominence[proposition]}[normalization]
            yield name, proposition, weight / divisor


def _one_mode(profiles: dict[str, Profile], agreement: str, normalization: str) -> Iterator[tuple[str, str, float]]:
    other = {AGREES: DISAGREES, DISAGREES: AGREES}
    for (one, first), (two, second) in combinations(profiles.items(), 2):
        congruence = sum(count * second[key] for key, count in first.items())
        conflict = sum(count * second[key, other[position]] for (key, position), count in first.items())
        divisor = {
            "none": 1,
            "average": (first.total() + second.total()) / 2,
            "jaccard": len(first.keys() | second.keys()),
            "cosine": math.hypot(*first.values()) * math.hypot(*second.values()),
        }[normalization]
        yield one, two, _weight(congruence, conflict, agreement) / divisor


def _weight(congruence: int, conflict: int, agreement: str) -> int:
    return {"congruence": congruence, "conflict": conflict, "subtract": congruence - conflict}[agreement]


def _check(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise UsageError(f"{name}={value!r} is not one of {', '.join(allowed)}")
