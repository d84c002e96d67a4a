"""Rules on organizations and the roles in them."""

from __future__ import annotations

import narwhals as nw

from .rule import earliest, filled, items, latest, rule, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .rule import Frame, Frames

# The codebook's fixed few, reused everywhere: a new collective is a change of the codebook.
COLLECTIVES = (
    "ai-companies",
    "cppcc-members",
    "lawmakers-and-advisers",
    "legislators",
    "npc-deputies",
    "observers",
    "public",
    "scholars",
)
HOME = ("CN", "HK", "MO")
# Kinds of organizations in which the codebook's two seats can be held; an assembly abroad is a foreign government.
SEATS_IN = {"legislator": ("legislature", "foreign_government"), "political_adviser": ("advisory_body",)}
ROLE = ("current", "as_of_date", "as_of_precision", "start_date", "start_precision", "end_date", "end_precision")


@rule(
    "unknown-collective",
    "organizations",
    "kind",
    {"organizations": ("id", "kind")},
    "{id!r} is of kind {kind!r}",
    f"collectives are {', '.join(COLLECTIVES)}; these, and no others, are of kind 'group'",
)
def collective(frames: Frames) -> Frame:
    """The collectives are a fixed few, and of the kind group."""
    unlike = nw.col("id").is_in(list(COLLECTIVES)) != (nw.col("kind") == "group")
    return frames["organizations"].filter(unlike).select("__row", "id", "kind")


@rule(
    "government-country",
    "organizations",
    "country",
    {"organizations": ("kind", "country")},
    "{country!r} for the kind {kind!r}",
    "'government' is one of China, 'foreign_government' one of another country or the European Union",
)
def country(frames: Frames) -> Frame:
    """A government is one of China, a foreign government is not."""
    home = nw.col("country").is_in(list(HOME))
    abroad = nw.col("kind") == "foreign_government"
    judged = frames["organizations"].filter(filled("country") & (abroad | (nw.col("kind") == "government")))
    return judged.filter(home == abroad).select("__row", "kind", "country")


@rule(
    "alias-repeats-name",
    "organizations",
    "aliases",
    {"organizations": ("name", "name_zh", "aliases")},
    "{item!r} is the {column}",
    "aliases are other names",
)
def alias(frames: Frames) -> Frame:
    """An alias is another name than the name."""
    listed = items(frames["organizations"].select("__row", "name", "name_zh", "aliases"), "aliases")
    column = (
        nw.when(nw.col("item") == nw.col("name"))
        .then(nw.lit("name"))
        .when(nw.col("item") == nw.col("name_zh"))
        .then(nw.lit("name_zh"))
    )
    return listed.select("__row", "item", column=column).filter(filled("column"))


@rule(
    "seat-body",
    "memberships",
    "organization_id",
    {"memberships": ("organization_id", "role_kind"), "organizations": ("id", "kind")},
    "a {role_kind} in {organization_id!r}, which is of kind {kind!r} in data/organizations.csv",
    "a legislator sits in a legislature, a political_adviser in an advisory_body",
)
def seat_body(frames: Frames) -> Frame:
    """A seat is held in a body of its kind."""
    kinds = frames["organizations"].select("kind", organization_id="id")
    roles = frames["memberships"].select("__row", "organization_id", "role_kind")
    joined = roles.join(kinds, on="organization_id", how="inner")
    wrong = [(nw.col("role_kind") == seat) & ~nw.col("kind").is_in(list(kinds)) for seat, kinds in SEATS_IN.items()]
    return joined.filter(nw.any_horizontal(*wrong, ignore_nulls=True))


@rule(
    "current-role",
    "memberships",
    "current",
    {"memberships": ROLE},
    "{current!r} as of {as_of}, but the role {found}",
    "correct current or the date",
)
def current(frames: Frames) -> Frame:
    """A role is current while it lasts: not before its start, not after its end, and not former before its start."""
    as_of, start, end = (
        ("as_of_date", "as_of_precision"),
        ("start_date", "start_precision"),
        ("end_date", "end_precision"),
    )
    is_current = nw.col("current") == "true"
    begins = nw.concat_str(nw.lit("starts on "), shown(*start))
    ends = nw.concat_str(nw.lit("ends on "), shown(*end))
    found = (
        nw.when(latest(*as_of) < earliest(*start))
        .then(begins)
        .when(is_current & (latest(*end) < earliest(*as_of)))
        .then(ends)
        .when(~is_current & (latest(*as_of) < earliest(*end)))
        .then(ends)
    )
    rows = frames["memberships"].select("__row", "current", as_of=shown(*as_of), found=found)
    return rows.filter(filled("found"))


RULES = (collective, country, alias, seat_body, current)
