"""Sentences that titles and ledes state, worked out from the record."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from ..rules.laws import PROPOSALS
from . import figures, words
from .record import (
    ABROAD,
    COMPANIES,
    FOREIGN,
    GROUPS,
    INTERNATIONAL,
    KINDS,
    SEATED,
    TEXTS,
    TEXTS_ABROAD,
    Position,
    Record,
    Row,
)

Sides = Mapping[str, Mapping[str, list[Position]]]

STATUS = {
    "contemplated": "Called for only",
    "planned": "Planned, no draft public",
    "drafting": "Being drafted",
    "consultation": "Draft open for comment",
    "submitted": "Submitted",
    "under_deliberation": "Under deliberation",
    "issued": "Issued, without legal force",
    "adopted": "Adopted; entry into force not on record",
    "in_force": "In force",
    "superseded": "Replaced",
    "repealed": "Repealed",
    "withdrawn": "Withdrawn",
}
# Speakers that are counted apart from persons and bodies.
_WHO = {
    GROUPS: ("group", "groups"),
    TEXTS: ("law or plan", "laws and plans"),
    INTERNATIONAL: ("speaker for the UN or a similar body", "speakers for the UN or a similar body"),
    ABROAD: ("speaker from abroad", "speakers from abroad"),
    TEXTS_ABROAD: ("text from abroad", "texts from abroad"),
}
HOLDS = {"agrees": "agrees", "disagrees": "disagrees", "conditional": "agrees on a condition"}
# Steps after which an instrument is no longer under way.
DONE = {"in_force", "adopted", "published", "promulgated", "announced", "amended"}
# The status of what is not issued yet.
UNDER_WAY = ("contemplated", "planned", "drafting", "consultation", "submitted", "under_deliberation")
# Roles in a company.
_FIRM = ("executive", "company_expert")
# The plan of the State Council to write a national law on AI.
AI_LAW = "ai-law-state-council"


def contested(record: Record) -> str:
    """Count the contested propositions."""
    count, total = len(record.contested), len(record.rows("propositions"))
    if not count:
        return f"None of {total} propositions is contested"
    return f"{words.capital(words.number(count))} of {total} propositions {'is' if count == 1 else 'are'} contested"


def count(record: Record, proposition: str) -> str:
    """Count the sides of a proposition in figures."""
    sides = record.sides(proposition)
    agree, disagree, condition = (len(sides[value]) for value in ("agrees", "disagrees", "conditional"))
    if not agree + disagree + condition:
        return "nobody on record"
    parts = {
        "agrees": f"{agree} agree{'s' if agree == 1 else ''}",
        "disagrees": f"{disagree} disagree{'s' if disagree == 1 else ''}",
        "conditional": f"{condition} on a condition" if condition else "",
    }
    said = {value: statements(sides[value]) for value in parts}
    return ", ".join(part + words.in_statements(str(said[value]), said[value]) for value, part in parts.items() if part)


def statements(side: Mapping[str, Sequence[Position]]) -> int:
    """Count the statements of a side where they are fewer than its speakers; else zero."""
    said = {one.statement["id"] for held in side.values() for one in held}
    return len(said) if len(said) < len(side) else 0


def who(speakers: Mapping[str, Sequence[object]]) -> str:
    """Tell how many persons and bodies, groups and texts stand on a side, given its speakers by kind."""
    counts: Counter[tuple[str, str]] = Counter()
    for kind in KINDS:
        counts[_WHO.get(kind, ("person or body", "persons and bodies"))] += len(speakers.get(kind, ()))
    told = words.number if max(counts.values()) < len(words.NUMBERS) else str
    parts = [f"{told(number)} {one if number == 1 else many}" for (one, many), number in counts.items() if number]
    return words.capital(words.listed(parts)) or "Nobody on record"


def proposition(record: Record, key: str) -> str:
    """Tell whether a proposition is contested, by how many, and who disagreed first."""
    sides = record.sides(key)
    agree, disagree, condition = (len(sides[value]) for value in ("agrees", "disagrees", "conditional"))
    if not agree + disagree + condition:
        return "Nobody on record has taken a side."
    told = words.sides(agree, disagree, condition, [statements(sides[value]) for value in HOLDS])
    foreign = Counter(
        value for value, speakers in sides.items() for held in speakers.values() if held[0].kind in FOREIGN
    )
    parts = [
        f"{words.number(count)} {HOLDS[value] if count == 1 else HOLDS[value].replace('agrees', 'agree')}"
        for value, count in foreign.items()
    ]
    told += f" (from abroad: {', '.join(parts)})" if parts else ""
    if not record.is_contested(key):
        if agree and disagree:
            only = "agreement" if record.at_home(sides["disagrees"]) else "disagreement"
            return f"Not contested within China: {told}. The only {only} is from abroad."
        which = "No speaker contradicts it" if agree else "Not contested"
        return f"{which} in the record: {told}.{f' But {other}.' if (other := otherwise(record, key)) else ''}"
    dated = [one for one in record.positions_of[key] if one.statement["date"]]
    against = [one for one in dated if one.value == "disagrees"]
    first = min(against, key=lambda one: _last_day(one.statement), default=None)
    parts = [f"Contested: {told}."]
    if first:
        parts.append(f"First recorded disagreement: {_credit(record, first.statement)}, {_told(record, first)}.")
    if dated and dated[0] is not first:
        parts.append(f"Latest: {holds(record, dated[0])}, {_told(record, dated[0])}.")
    return " ".join(parts)


def holds(record: Record, one: Position) -> str:
    """Word who holds a position by a statement: A agrees; A with B agrees; A and two others agree."""
    told = HOLDS[one.value]
    is_many = len(record.speakers(one.statement)) > 2
    return f"{_credit(record, one.statement)} {told.replace('agrees', 'agree') if is_many else told}"


def _credit(record: Record, statement: Row) -> str:
    place = record.abroad(statement)
    return f"{record.credit(statement)}{f' ({place})' if place else ''}"


def against(record: Record, key: str) -> list[tuple[Row, str, set[str], bool]]:
    """Give what stands against a proposition and is no plain no: proposition, position, its speakers, if a rival."""
    rivals = [row["b_id"] for row in record.of("proposition_rivals", "a_id", key)]
    rivals += [row["a_id"] for row in record.of("proposition_rivals", "b_id", key)]
    held = [(rival, "agrees", True) for rival in rivals]
    # Who wants something else first rarely says no.
    deferrals = record.of("proposition_deferrals", "proposition_id", key)
    held += [(row["other_id"], row["position"], False) for row in deferrals]
    return [
        (record.by_id["propositions"][other], value, set(speakers), is_rival)
        for other, value, is_rival in held
        if (speakers := record.sides(other)[value]) or is_rival
    ]


def otherwise(record: Record, key: str, told: Callable[[int], str] = words.number) -> str:
    """Count those who want something else, or something else first, in words or figures; empty where there are none."""
    held = against(record, key)
    rivals = set().union(*(speakers for *_, speakers, is_rival in held if is_rival))
    first = set().union(*(speakers for *_, speakers, is_rival in held if not is_rival))
    parts = [f"{told(len(rivals))} hold{'s' if len(rivals) == 1 else ''} a rival proposition"] if rivals else []
    if first:
        parts.append(f"{told(len(first))} want{'s' if len(first) == 1 else ''} something else first")
    return words.listed(parts)


def _told(record: Record, one: Position) -> str:
    # Dates do not break in large type.
    return record.told(one.statement).replace(" ", "\u00a0")


def _last_day(statement: Row) -> date:
    return words.last_day(statement["date"], statement["date_precision"])


def kinds(record: Record, sides: Sides) -> str:
    """Tell which kinds of speaker stand where; a kind with one speaker by the name of the speaker."""
    named: dict[str, dict[str, list[str]]] = {"agrees": defaultdict(list), "disagrees": defaultdict(list)}
    for value, of_kind in named.items():
        for speaker, held in sides[value].items():
            of_kind[held[0].kind].append(speaker)
    agree, disagree = named["agrees"], named["disagrees"]
    both = [kind for kind in KINDS if kind in agree and kind in disagree]
    parts = []
    if both:
        shown = (
            words.listed([inside(kind) for kind in both])
            if len(both) < 4
            else f"{words.number(len(both))} kinds of speaker"
        )
        parts.append(f"{shown} are on both sides")
    for of_kind, one, many in ((agree, "agrees", "agree"), (disagree, "disagrees", "disagree")):
        only = [kind for kind in KINDS if kind in of_kind and kind not in both]
        names = [_speaker(record, of_kind[kind][0]) if len(of_kind[kind]) == 1 else inside(kind) for kind in only]
        is_one = len(only) == 1 and len(of_kind[only[0]]) == 1
        other = "other " if both else ""
        told = words.listed(names) if len(names) < 4 else f"{words.number(len(names))} {other}kinds of speaker"
        if names:
            parts.append(f"{told} {one if is_one else many}")
    return words.capital("; ".join(parts)) or "Only conditional agreement is on record"


def inside(kind: str) -> str:
    """Give the name of a kind as it stands inside a sentence: scholars, NPC deputies."""
    kind = "legal texts" if kind == TEXTS else kind.replace(", ", " and ")
    return kind if kind[:2].isupper() else kind[0].lower() + kind[1:]


def _speaker(record: Record, key: str) -> str:
    return f"the {record.name(key)}" if key in record.by_id["laws"] else record.name(key)


def status(record: Record, row: Row) -> str:
    """Word the status of an instrument, as far as its steps tell it."""
    if row["kind"] in PROPOSALS and row["status"] == "planned":
        return "Announced; whether it was filed is not on record"
    forces = [step["start_date"] for step in record.of("events", "law_id", row["id"]) if step["stage"] == "in_force"]
    if row["status"] == "adopted" and any(when and when > record.cut_off for when in forces):
        return "Adopted, not yet in force"
    return STATUS[row["status"]]


def law(record: Record, row: Row) -> str:
    """Tell where an instrument stands, and since when."""
    known = [step for step in record.steps(row) if step["start_date"]]
    # An umbrella is not in force because one of its instruments is.
    own = [step for step in known if step["law_id"] == row["id"]]
    force = next((step for step in reversed(own) if step["stage"] == "in_force"), None)
    if row["status"] == "in_force" and force:
        # The time from the first step to the last means nothing where it spans several versions.
        versions = [step for step in own if step["stage"] in ("amended", "in_force") and step is not force]
        told = f"In force since {words.told(force, 'start')}"
        if versions and versions[-1]["start_date"] > force["start_date"]:
            told += f", last amended {words.told(versions[-1], 'start')}"
        elif versions:
            told = f"Present version in{told[2:]}"
        elif own[0] is not force:
            told += f", {words.span(own[0]['start_date'], force['start_date'])} after the first recorded step"
        return f"{told}."
    told = status(record, row)
    if known:
        told += f". Latest step: {known[-1]['name']}, {words.told(known[-1], 'start')}"
    if row["kind"] in PROPOSALS and own and own[-1]["stage"] == "submitted":
        told += ". What became of it is not on record"
    return f"{told}."


def timeline(record: Record) -> str:
    """Tell where the national AI law stands."""
    row = record.by_id["laws"].get(AI_LAW)
    steps = [one for one in record.steps(row) if one["start_date"] and one["stage"]] if row else []
    if row is None or not steps:
        return "How China's AI rules were made"
    # That a step left it out means little without the last that announced it.
    told = [one for one in steps if one["stage"] == "scheduled"][-1:] if steps[-1]["stage"] == "omitted" else []
    told = [*told, steps[-1]]
    return f"The national AI law: {status(record, row).lower()}; {'; '.join(map(step, told))}"


def step(row: Row) -> str:
    """Word a step of a law by what it was: the agenda of a session, a plan, a reading."""
    when = words.day(row["start_date"], "month")
    if row["stage"] == "omitted":
        # The agenda of a session is part of an event; a plan is a step of its own.
        return f"not on the agenda of {when}" if row["parent_id"] else f"left out of a plan in {when}"
    what = "last announced by a plan" if row["stage"] == "scheduled" else words.spaced(row["stage"])
    return f"{what} in {when}"


def seats(record: Record) -> str:
    """Count what is said in the name of companies, and what their people say under a seat, if they hold any."""
    firms = {role["person_id"] for role in record.rows("memberships") if role["current"] and role["role_kind"] in _FIRM}
    made = (
        [(record.kind(row), record.speaker_id(row)) for row in record.rows("statements")],
        [(one.kind, one.speaker) for one in record.positions],
    )
    own = [sum(kind == COMPANIES for kind, _ in every) for every in made]
    seated = [sum(kind in SEATED and one in firms for kind, one in every) for every in made]
    if not any(seated):
        return ""
    told = [
        f"{said:,} statement{'' if said == 1 else 's'} and {taken:,} position{'' if taken == 1 else 's'}"
        for said, taken in (own, seated)
    ]
    how = "mostly" if seated[0] > own[0] else "also"
    return (
        f"People of companies {how} speak as deputies or CPPCC members: {told[0]} stand in a company's name, {told[1]} "
        "of people who also hold a role in a company under their seats."
    )


def network(propositions: int, several: Mapping[str, int]) -> str:
    """Count who takes a side on some contested propositions, given on how many each speaker does."""
    many = sum(number > 1 for number in several.values())
    return (
        f"{words.capital(words.counted(len(several), 'speaker'))} take{'s' if len(several) == 1 else ''} a side on "
        f"{words.counted(propositions, 'contested proposition')}; "
        f"{words.number(many) if many else 'none'} of them speak{'s' if many == 1 else ''} on more than one"
    )


def latest(record: Record, indicator: str) -> str:
    """Word the latest value of a figure with its date; of one that describes several areas that of each."""
    rows = figures.latest(record, indicator)
    if len(rows) == 1:
        return f"{words.capital(words.measured(rows[0]))}, {words.told(rows[0], 'ref')}."
    told = [(row, words.figure(row["value"], row["bound"], row["unit"]), words.told(row, "ref")) for row in rows]
    listed = "; ".join(f"{words.area(row['ref_area'])}: {value}, {when}" for row, value, when in told)
    return f"{listed or 'No value is on record'}."


def series(name: str, values: Sequence[Row]) -> str:
    """Tell how a series went from its first value to its last."""
    first, last = values[0], values[-1]
    verb = "rose" if last["value"] > first["value"] else "fell" if last["value"] < first["value"] else "stayed the same"
    # The unit is told once; a percentage has its sign each time.
    units = (first["unit"], "percent" if last["unit"] == "percent" else "")
    ends = [
        f"{words.figure(row['value'], row['bound'], unit).strip()} {words.at(row, 'ref')}"
        for row, unit in zip((first, last), units, strict=True)
    ]
    return f"{name}{words.where(last, name)} {verb} from {ends[0]} to {ends[1]}"


def traps(record: Record, indicator: str) -> list[str]:
    """Tell what a user of the values of an indicator must know before using them."""
    rows = record.of("statistics", "indicator_id", indicator)
    found = []
    rough = [row for row in rows if row["bound"] != "stated"]
    if rough:
        bounds = sorted({f"“{words.BOUNDS[row['bound']].strip()}”" for row in rough})
        found.append(
            f"{words.capital(words.number(len(rough)))} of {words.counted(len(rows), 'value')} "
            f"{'is' if len(rough) == 1 else 'are'} given only roughly, as {words.listed(bounds)} a number."
        )
    units = sorted({words.UNITS.get(row["unit"], words.spaced(row["unit"])) for row in rows})
    if len(units) > 1:
        found.append(f"Values stand in {words.listed(units)}; compare only those of one unit.")
    if len(areas := list(dict.fromkeys(words.area(row["ref_area"]) for row in rows))) > 1:
        found.append(f"Values describe several places ({', '.join(areas)}); compare only those of one.")
    producers = sorted({record.name(row["producer_id"]) for row in rows if row["producer_id"]})
    if len(producers) > 1:
        found.append(f"Counted by {words.listed(producers)}: these are separate series and must not be joined.")
    for row in rows:
        inputs = record.of("statistic_inputs", "statistic_id", row["id"])
        if inputs:
            used = words.listed([f"{link['input_id']} ({link['operand']})" for link in inputs])
            found.append(f"{row['id']} is worked out from other values: {used}.")
    for differing in figures.conflicts(record, indicator):
        told = words.listed([_sourced(record, row) for row in differing])
        found.append(f"Values differ for {words.told(differing[0], 'ref')}: {told}. The first is taken.")
    kinds_read = {source["kind"] for source in record.sources_of(("statistics", row["id"]) for row in rows)}
    if kinds_read and not kinds_read & {"report", "dataset", "official_text"}:
        found.append("The producer's own report was not read; the values rest on what others say of it.")
    found += [f"{words.told(row, 'ref')}: {row['note']}" for row in rows if row["note"]]
    return found


def _sourced(record: Record, row: Row) -> str:
    labels = [record.source_label(source) for source in record.sources_of([("statistics", row["id"])])]
    return f"{words.measured(row)} ({'; '.join(labels)})"
