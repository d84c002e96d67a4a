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

import csv
import io
import math
import warnings
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ..errors import MissingExtraError, UsageError
from .views import Record, day_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

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


class Event(NamedTuple):
    """One actor's position in one statement. Dates are days as YYYY-MM-DD, or empty."""

    statement_id: str
    date_from: str
    date_to: str
    actor_id: str
    actor: str
    actor_kind: str
    proposition_id: str
    proposition: str
    position: str


def events(
    package: Package,
    *,
    actor: str = "speaker",
    include: Sequence[str] = (),
    conditional: bool = False,
    until: str | None = None,
) -> list[Event]:
    """List the positions of actors.

    Args:
        package: The package.
        actor: Who holds a position: the `speaker`, the `organization` of the capacity, or the `role_kind`.
        include: Kinds of speakers that are left out otherwise: `group`, `outlet`, `instrument`.
        conditional: Whether a conditional position counts as agreement; otherwise it is left out.
        until: Keep what was certainly said by this day, as YYYY-MM-DD.

    Returns:
        Events in the order of the table `positions`; co-speakers have the position of the speaker.

    Raises:
        UsageError: A value is none of those that are listed.
    """
    _check("actor", actor, ACTORS)
    for kind in include:
        _check("include", kind, ASIDE)
    if until is not None:
        day_of(until)
    record = Record(package)
    found, undated = [], 0
    for row in record.rows("positions"):
        statement = record.by_id("statements").get(row["statement_id"])
        position = AGREES if conditional and row["position"] == CONDITIONAL else row["position"]
        if statement is None or position == CONDITIONAL:
            continue
        if statement["speaker_kind"] in ASIDE and statement["speaker_kind"] not in include:
            continue
        spoken = record.spoken(statement["id"])
        first, last = (day.isoformat() if day else "" for day in (spoken["date_from"], spoken["date_to"]))
        if until is not None and not last:
            undated += 1
            continue
        if until is not None and last > until:
            continue
        said = statement["id"], first, last
        on = row["proposition_id"], record.label("propositions", row["proposition_id"]) or "", position
        found += [Event(*said, *who, *on) for who in _actors(record, statement, actor)]
    if undated:
        warnings.warn(
            f"{undated} undated position{'s were' if undated > 1 else ' was'} left out", UserWarning, stacklevel=3
        )
    return found


def write(listed: Iterable[Event]) -> bytes:
    """Write events as CSV: UTF-8, LF, one header row; nothing in a cell is changed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Event._fields)
    writer.writerows(listed)
    return text.getvalue().encode()


def read(data: bytes) -> list[Event]:
    """Read events that `write` wrote.

    Raises:
        UsageError: These are no such events.
    """
    rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    if tuple(next(rows, ())) != Event._fields:
        raise UsageError(f"no list of events: the header must be {','.join(Event._fields)}")
    return [Event(*row) for row in rows]


def graph(
    listed: Iterable[Event],
    *,
    kind: str = "one-mode",
    agreement: str = "congruence",
    duplicates: str = "once",
    normalization: str = "none",
) -> nx.Graph[str]:
    """Make a network of events.

    Args:
        listed: What `events` gives.
        kind: `two-mode` between actors and propositions, `one-mode` among actors.
        agreement: `congruence`, `conflict` or `subtract`.
        duplicates: Whether an actor's position on a proposition counts `once`, or in `all` statements.
        normalization: `none`; two-mode `activity`, `prominence`; one-mode `average`, `jaccard`, `cosine`.

    Returns:
        An undirected graph. Nodes have `label` and `kind`: the kind of speaker, or `proposition`. Edges have a `weight`
        that is not 0. Actors without an edge are nodes too.

    Raises:
        UsageError: A value is none of those that are listed.
        MissingExtraError: networkx is not installed.
    """
    _check("kind", kind, KINDS)
    _check("agreement", agreement, AGREEMENTS)
    _check("duplicates", duplicates, DUPLICATES)
    _check("normalization", normalization, NORMALIZATIONS[kind])
    try:
        import networkx as nx
    except ModuleNotFoundError:
        raise MissingExtraError("networkx is not installed; run: pip install 'china-ai-lawmaking[network]'") from None
    result: nx.Graph[str] = nx.Graph(kind=kind, agreement=agreement, duplicates=duplicates, normalization=normalization)
    profiles: dict[str, Profile] = {}
    counted = list(listed)
    for event in counted:
        result.add_node(event.actor_id, label=event.actor, kind=event.actor_kind)
        profiles.setdefault(event.actor_id, Counter())[event.proposition_id, event.position] += 1
    if duplicates == "once":
        profiles = {name: Counter(dict.fromkeys(profile, 1)) for name, profile in profiles.items()}
    if kind == "two-mode":
        for event in counted:
            result.add_node(event.proposition_id, label=event.proposition, kind="proposition")
        edges = _two_mode(profiles, agreement, normalization)
    else:
        edges = _one_mode(profiles, agreement, normalization)
    result.add_weighted_edges_from(edge for edge in edges if edge[2])
    return result


def _actors(record: Record, statement: dict[str, Any], actor: str) -> Iterator[tuple[str, str, str]]:
    spoken = record.spoken(statement["id"])
    if actor == "role_kind":
        if spoken["role_kind"]:
            yield spoken["role_kind"], spoken["role_kind"], "role_kind"
        return
    if actor == "organization":
        role = record.by_id("memberships").get(statement["membership_id"]) if statement["membership_id"] else None
        body = role["organization_id"] if role else statement["organization_id"]
        if body:
            yield body, record.label("organizations", body) or body, "organization"
        return
    for column, table in (("person_id", "people"), ("organization_id", "organizations"), ("law_id", "laws")):
        key = statement[column]
        if key:
            yield key, record.label(table, key) or key, statement["speaker_kind"]
    for link in record.links("statement_cospeakers", "statement_id", statement["id"]):
        yield link["person_id"], record.label("people", link["person_id"]) or link["person_id"], "person"


def _two_mode(profiles: dict[str, Profile], agreement: str, normalization: str) -> Iterator[tuple[str, str, float]]:
    prominence: Counter[str] = Counter()
    for profile in profiles.values():
        for (proposition, _), count in profile.items():
            prominence[proposition] += count
    for name, profile in profiles.items():
        for proposition in dict.fromkeys(proposition for proposition, _ in profile):
            agrees, disagrees = profile[proposition, AGREES], profile[proposition, DISAGREES]
            weight = {"congruence": agrees, "conflict": disagrees, "subtract": agrees - disagrees}[agreement]
            divisor = {"none": 1, "activity": profile.total(), "prominence": prominence[proposition]}[normalization]
            yield name, proposition, weight / divisor


def _one_mode(profiles: dict[str, Profile], agreement: str, normalization: str) -> Iterator[tuple[str, str, float]]:
    names = list(profiles)
    other = {AGREES: DISAGREES, DISAGREES: AGREES}
    for place, one in enumerate(names):
        for two in names[place + 1 :]:
            first, second = profiles[one], profiles[two]
            congruence = sum(count * second[key] for key, count in first.items())
            conflict = sum(count * second[key, other[position]] for (key, position), count in first.items())
            weight = {"congruence": congruence, "conflict": conflict, "subtract": congruence - conflict}[agreement]
            yield one, two, weight / _divisor(first, second, normalization)


def _divisor(first: Profile, second: Profile, normalization: str) -> float:
    if normalization == "average":
        return (first.total() + second.total()) / 2
    if normalization == "jaccard":
        return len(first.keys() | second.keys())
    if normalization == "cosine":
        return math.prod(math.sqrt(sum(count**2 for count in profile.values())) for profile in (first, second))
    return 1


def _check(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise UsageError(f"{name}={value!r} is not one of {', '.join(allowed)}")
