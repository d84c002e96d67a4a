"""Rules on sources: what access means, texts inside texts, dates."""

from __future__ import annotations

import narwhals as nw

from .rule import earliest, filled, latest, rule, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .rule import Frame, Frames

PUBLISHED = ("published_date", "published_precision")
BOUNDS = ("part_of_id", "part_start", "part_end")


@rule(
    "part-bounds",
    "sources",
    "",
    {"sources": BOUNDS},
    "{filled} of part_of_id, part_start and part_end are filled; expected all three or none",
    "a contained text has a container and the words that bound it there",
)
def bounds(frames: Frames) -> Frame:
    """A contained text has its container and both its bounds, any other text none of them."""
    count = nw.sum_horizontal(*[filled(name).cast(nw.Int8) for name in BOUNDS])
    return frames["sources"].select("__row", filled=count).filter((nw.col("filled") > 0) & (nw.col("filled") < 3))


@rule(
    "part-access",
    "sources",
    "access",
    {"sources": ("id", "access", "part_of_id")},
    "{access!r}, but the container {part_of_id!r} is {whole!r}",
    "who opens a document has the texts in it; what nobody opened stands only in via_source_id of data/evidence.csv",
)
def part_access(frames: Frames) -> Frame:
    """A contained text has the access of its container, and nothing is contained in a document that nobody opened."""
    wholes = frames["sources"].select(part_of_id="id", whole="access")
    parts = frames["sources"].select("__row", "access", "part_of_id").join(wholes, on="part_of_id", how="inner")
    return parts.filter((nw.col("access") != nw.col("whole")) | (nw.col("whole") == "cited"))


@rule(
    "archived-text",
    "sources",
    "text_sha256",
    {"sources": ("access", "part_of_id", "text_sha256")},
    "{found}",
    "an archived text is identified by the hash of its file; a contained one by that of its container",
)
def archived(frames: Frames) -> Frame:
    """Exactly the archived texts that are no part of another have the hash of their file."""
    needed = (nw.col("access") == "archived") & ~filled("part_of_id")
    empty = nw.lit("empty, but the source is archived")
    given = (
        nw.when(filled("part_of_id"))
        .then(nw.lit("filled, but the text is part of another"))
        .otherwise(nw.concat_str(nw.lit("filled, but the access is '"), nw.col("access"), nw.lit("'")))
    )
    faulty = frames["sources"].filter(needed != filled("text_sha256"))
    return faulty.select("__row", found=nw.when(needed).then(empty).otherwise(given))


@rule(
    "cited-and-opened",
    "sources",
    "accessed_date",
    {"sources": ("access", "accessed_date")},
    "opened on {accessed_date}, but the access is 'cited'",
    "correct access, or empty accessed_date and its precision",
)
def cited(frames: Frames) -> Frame:
    """A source that nobody opened has no day on which it was read."""
    opened = (nw.col("access") == "cited") & filled("accessed_date")
    return frames["sources"].filter(opened).select("__row", "accessed_date")


@rule(
    "read-undated",
    "sources",
    "accessed_date",
    {"sources": ("access", "part_of_id", "accessed_date")},
    "empty, but the access is 'read'",
    "a page that is not on file may change: write the day on which it was read",
)
def read(frames: Frames) -> Frame:
    """A page that was read and is not on file has the day on which it was read."""
    pages = frames["sources"].filter((nw.col("access") == "read") & ~filled("part_of_id"))
    return pages.filter(~filled("accessed_date")).select("__row")


@rule(
    "host-is-publisher",
    "sources",
    "host_id",
    {"sources": ("publisher_id", "host_id")},
    "{host_id!r} is the publisher",
    "leave host_id empty where the publisher hosts the page",
)
def host(frames: Frames) -> Frame:
    """A host is named only where it is another organization than the publisher."""
    return frames["sources"].filter(nw.col("publisher_id") == nw.col("host_id")).select("__row", "host_id")


@rule(
    "host-without-url",
    "sources",
    "host_id",
    {"sources": ("host_id", "url")},
    "{host_id!r} hosts a page without url",
    "fill url, or empty host_id",
)
def hosted(frames: Frames) -> Frame:
    """A host is the organization whose site the address is on."""
    return frames["sources"].filter(filled("host_id") & ~filled("url")).select("__row", "host_id")


@rule(
    "read-before-published",
    "sources",
    "accessed_date",
    {"sources": (*PUBLISHED, "accessed_date", "accessed_precision")},
    "read on {accessed}, but published on {published}",
    "correct one of the two dates",
)
def read_late(frames: Frames) -> Frame:
    """Nothing is read before it is published."""
    early = latest("accessed_date", "accessed_precision") < earliest(*PUBLISHED)
    accessed = shown("accessed_date", "accessed_precision")
    return frames["sources"].filter(early).select("__row", accessed=accessed, published=shown(*PUBLISHED))


@rule(
    "part-after-whole",
    "sources",
    "published_date",
    {"sources": ("id", *PUBLISHED, "published_basis", "part_of_id")},
    "published on {published}, but its container {part_of_id!r} on {whole}",
    "correct one of the two dates",
)
def part_date(frames: Frames) -> Frame:
    """A contained text is not younger than its container."""
    wholes = frames["sources"].select(part_of_id="id", last=latest(*PUBLISHED), whole=shown(*PUBLISHED))
    parts = frames["sources"].select(
        "__row", "part_of_id", first=earliest(*PUBLISHED, "published_basis"), published=shown(*PUBLISHED)
    )
    return parts.join(wholes, on="part_of_id", how="inner").filter(nw.col("first") > nw.col("last"))


RULES = (bounds, part_access, archived, cited, read, host, hosted, read_late, part_date)
