"""Find and open a data package, with its descriptor and schemas as frozen records.

Everything here runs before the first row is read, so it imports only what `csv` and `json` need, and `typing`.
"""

from __future__ import annotations

import json
import os
import re
from collections import namedtuple

from ..errors import GONE, PackageError, UnknownTableError
from .files import DESCRIPTOR, Archive, Folder, check_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from .files import Files

NAME = "china-ai-lawmaking"
# Environment variable that names a package to use instead of the installed one.
OVERRIDE = "CHINA_AI_LAWMAKING_DATA"

# An address that nobody can have by the rules of names: where the record will be is not known yet.
_PLACEHOLDER = re.compile(r"https?://[^/]*\.invalid(?:/|\Z)")

# The types of the standard that the tables use.
TYPES = ("string", "integer", "number", "boolean", "date")

# What is read of a descriptor beside its resources and contributors.
_TEXTS = ("name", "title", "description", "version", "created", "homepage")
_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:T|\Z)")

# Bytes of the descriptor and the schemas together; parsed they take some twenty times as much.
MAX_JSON = 1 << 24

# Words of the standard that say how a file is to be read or judged, by what they describe, and the values that ask for
# nothing else than what is done here anyway. The standard has more truth values; that the record does not write them is
# a documented difference.
_KNOWN: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "resource": {
        "compression": (),
        "dialect": (),
        "encoding": ("utf-8", "utf8"),
        "format": ("csv",),
        "missingValues": ([""],),
    },
    "dialect": {
        "commentChar": (),
        "commentRows": ([],),
        "delimiter": (",",),
        "doubleQuote": (True,),
        "escapeChar": (),
        "header": (True,),
        "headerRows": ([1],),
        "lineTerminator": ("\n", "\r\n"),
        "nullSequence": ("",),
        "quoteChar": ('"',),
        "skipInitialSpace": (False,),
    },
    "schema": {"fieldsMatch": ("exact", ["exact"]), "missingValues": ([""],), "uniqueKeys": ([],)},
    "field": {
        "bareNumber": (True,),
        "decimalChar": (".",),
        "falseValues": (["false"], ["false", "False", "FALSE", "0"]),
        "format": ("default",),
        "groupChar": (),
        "missingValues": ([""],),
        "trueValues": (["true"], ["true", "True", "TRUE", "1"]),
    },
}


class Field(namedtuple("Field", "name title description type constraints categories ordered rdf_type example")):
    """One column of a table, as its Table Schema describes it."""

    __slots__ = ()

    name: str
    title: str
    description: str
    type: str  # string, integer, number, boolean or date
    constraints: Mapping[str, Any]
    categories: Mapping[str, str]  # meaning of each allowed value, in schema order; empty for open columns
    ordered: bool  # whether the categories have an order
    rdf_type: str  # address of the standard term, or empty
    example: str  # example cell, or empty

    @property
    def required(self) -> bool:
        """Whether every row must fill the cell."""
        return bool(self.constraints.get("required"))


class Reference(namedtuple("Reference", "fields table keys")):
    """A foreign key: `fields` of this table hold `keys` of `table`."""

    __slots__ = ()

    fields: tuple[str, ...]
    table: str
    keys: tuple[str, ...]


class Table(namedtuple("Table", "name title description path schema_path fields key references rdf_type bytes hash")):
    """One table of the package: its file, columns, key and references."""

    __slots__ = ()

    name: str
    title: str
    description: str  # what one row is
    path: str  # CSV file inside the package
    schema_path: str  # Table Schema file inside the package
    fields: tuple[Field, ...]  # the columns in file order
    key: tuple[str, ...]  # names of the columns of the primary key
    references: tuple[Reference, ...]
    rdf_type: str  # address of the standard class, or empty
    bytes: int | None  # size of the CSV that the descriptor states
    hash: str  # hash of the CSV that the descriptor states, or empty

    @property
    def columns(self) -> list[str]:
        """Column names in file order."""
        return [field.name for field in self.fields]

    @property
    def has_ids(self) -> bool:
        """Whether its rows have identifiers that stand in no other table."""
        return self.key == ("id",) and self.name != "retired_ids"

    @property
    def targets(self) -> dict[str, str]:
        """Tables by the column that refers to them."""
        return {one.fields[0]: one.table for one in self.references if len(one.fields) == 1}

    def field(self, name: str) -> Field:
        """Give one column by its name."""
        return next(field for field in self.fields if field.name == name)

    def _repr_html_(self) -> str:
        # What a notebook shows; imported here, because rows() waits for nothing that it does not need.
        from ..problems import html_table

        rows = (
            (field.name, field.type, "yes" if field.required else "", field.description, ", ".join(field.categories))
            for field in self.fields
        )
        head = html_table(("table", "one row is"), [(self.name, f"{self.title}. {self.description}")])
        return head + html_table(("column", "type", "required", "meaning", "values"), rows)


class Package:
    """A data package on disk or in a zip: descriptor, schemas and files, read only.

    Attributes:
        location: The folder or zip as the user named it.
        descriptor: The parsed `datapackage.json`.
    """

    def __init__(self, location: str, files: Files) -> None:
        """Read and check the descriptor; `open_package` is the usual way here."""
        self.location = location
        self.files = files
        files.check(DESCRIPTOR)
        self._sizes: dict[str, int] = {}
        self.descriptor = self._parse(DESCRIPTOR, f"{location} has no {DESCRIPTOR}")
        _check_members(self.descriptor)
        self._resources = _resources(self.descriptor, files)
        self._tables: dict[str, Table] = {}

    @property
    def version(self) -> str:
        """Version of the record, or empty."""
        return str(self.descriptor.get("version", ""))

    @property
    def created(self) -> str:
        """ISO date of the version, or empty."""
        return str(self.descriptor.get("created", ""))[:10]

    @property
    def homepage(self) -> str:
        """Address of the record on the web, or empty while the descriptor holds a place for it and no more."""
        address = str(self.descriptor.get("homepage", ""))
        return "" if _PLACEHOLDER.match(address) else address

    def names(self) -> list[str]:
        """Table names, sorted."""
        return sorted(self._resources)

    def table(self, name: str) -> Table:
        """Describe one table.

        Raises:
            UnknownTableError: The package has no such table.
            PackageError: Its schema is missing or not a Table Schema.
        """
        if not isinstance(name, str) or name not in self._resources:
            told = repr(name) if isinstance(name, str) else type(name).__name__
            raise UnknownTableError(f"no table named {told}; tables: {', '.join(self.names())}")
        if name not in self._tables:
            self._tables[name] = self._describe(self._resources[name])
        return self._tables[name]

    def resource_path(self, name: str) -> str:
        """Give the path of a table's CSV inside the package, without reading its schema."""
        return str(self._resources[name]["path"])

    def schema_path(self, name: str) -> str:
        """Give the path of a table's schema inside the package, without reading it."""
        return str(self._resources[name]["schema"])

    def path(self, name: str) -> str:
        """Give the path of a table's CSV on disk; empty where the package is no folder."""
        return self.files.path(self.resource_path(name)) if isinstance(self.files, Folder) else ""

    def data(self, name: str) -> bytes | None:
        """Give the bytes of a table's CSV; None where the file is missing."""
        try:
            return self.files.read(self.resource_path(name))
        except FileNotFoundError:
            return None

    def _describe(self, resource: Mapping[str, Any]) -> Table:
        name, path = resource["name"], resource["schema"]
        schema = self._parse(path, f"{path}, the schema of table {name}, is missing")
        _check_words("resource", resource, f"{DESCRIPTOR} has resource {name!r} with")
        _check_words("schema", schema, f"{path} has")
        try:
            references = tuple(
                Reference(
                    _names(_get(key, "fields", (str, list))),
                    _get(_get(key, "reference", dict), "resource", str, "") or name,
                    _names(_get(key["reference"], "fields", (str, list))),
                )
                for key in _get(schema, "foreignKeys", list, [])
            )
            return Table(
                name=name,
                title=resource.get("title", ""),
                description=resource.get("description", ""),
                path=resource["path"],
                schema_path=path,
                fields=tuple(_field(field, path) for field in _get(schema, "fields", list)),
                key=_names(_get(schema, "primaryKey", (str, list), [])),
                references=references,
                rdf_type=_get(schema, "rdfType", str, ""),
                bytes=resource["bytes"] if isinstance(resource.get("bytes"), int) else None,
                hash=resource.get("hash", ""),
            )
        except TypeError as error:
            raise PackageError(f"{path} is not a Table Schema: {error}") from None

    def _parse(self, path: str, missing: str) -> dict[str, Any]:
        """Read the descriptor, or the schema of a table; `missing` says that it is not there."""
        try:
            data = self.files.read(path)
            self._sizes[path] = len(data)
            if sum(self._sizes.values()) > MAX_JSON:
                raise PackageError(f"{path} is too large; descriptor and schemas have at most {MAX_JSON} bytes")
            value = json.loads(data.decode("utf-8-sig"))
            # Half of a surrogate pair can be escaped in JSON, and written nowhere.
            if b"\\ud" in data.lower():
                json.dumps(value, ensure_ascii=False).encode()
        except FileNotFoundError:
            raise PackageError(missing) from None
        except RecursionError:
            raise PackageError(f"{path} is nested too deeply") from None
        except UnicodeEncodeError:
            raise PackageError(f"{path} holds half of a surrogate pair, which is no character") from None
        except ValueError as error:
            if b"\n<<<<<<< " in data and b"\n>>>>>>> " in data:
                how = "after a merge, 'china-ai-lawmaking fix --renumber BRANCH' brings both sides together"
                raise PackageError(f"{path} holds the conflict marks of git; {how}") from None
            raise PackageError(f"{path} is not JSON: {error}") from None
        if not isinstance(value, dict):
            raise PackageError(f"{path} holds a JSON {type(value).__name__}, not an object")
        return value


def _get(holder: Any, key: str, kind: Any, default: Any = None) -> Any:
    """Take a value of a JSON object; a schema with a value of another kind is none."""
    if not isinstance(holder, dict):
        raise TypeError(f"an object with {key!r} is expected where {holder!r} stands")
    value = holder.get(key, default)
    if not isinstance(value, kind):
        raise TypeError(f"{key!r} is {value!r}" if key in holder else f"it lacks {key!r}")
    return value


def _check_words(kind: str, holder: Mapping[str, Any], where: str) -> None:
    for word in sorted(_KNOWN[kind].keys() & holder.keys()):
        value, known = holder[word], _KNOWN[kind][word]
        if word == "dialect" and isinstance(value, dict):
            _check_words("dialect", value, f"{where} a dialect of")
        elif (value.lower() if word == "encoding" and isinstance(value, str) else value) not in known:
            raise PackageError(f"{where} {word} {value!r}; known: {', '.join(map(repr, known)) or 'none'}")


def _field(field: Any, path: str) -> Field:
    name, kind = _get(field, "name", str), _get(field, "type", str, "string")
    where = f"{path} has field {name!r} with"
    _check_words("field", field, where)
    if kind not in TYPES:
        raise PackageError(f"{where} type {kind!r}; known: {', '.join(map(repr, TYPES))}")
    categories = [c if isinstance(c, dict) else {"value": c} for c in _get(field, "categories", list, [])]
    return Field(
        name,
        _get(field, "title", str, ""),
        _get(field, "description", str, ""),
        kind,
        _get(field, "constraints", dict, {}),
        {_get(category, "value", str): _get(category, "label", str, "") for category in categories},
        bool(field.get("categoriesOrdered")),
        _get(field, "rdfType", str, ""),
        str(field.get("example", "")),
    )


def _names(value: str | list[Any]) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"a key is {value!r}")
    return tuple(names)


def _check_kind(holder: Mapping[str, Any], key: str, kind: type, owner: str) -> None:
    if not isinstance(holder.get(key, kind()), kind):
        wanted = "a list" if kind is list else "text"
        raise PackageError(f"{key} of {owner} is {holder[key]!r}; expected {wanted}")


def _check_members(descriptor: Mapping[str, Any]) -> None:
    for member in _TEXTS:
        _check_kind(descriptor, member, str, DESCRIPTOR)
    _check_kind(descriptor, "contributors", list, DESCRIPTOR)
    created = descriptor.get("created", "")
    if created and not _DAY.match(created):
        raise PackageError(
            f"created of {DESCRIPTOR} is {created!r}; expected a date and time, such as 2026-01-31T00:00:00Z"
        )
    for contributor in descriptor.get("contributors", ()):
        if not isinstance(contributor, dict) or not isinstance(contributor.get("title"), str):
            raise PackageError(f"{DESCRIPTOR} has a contributor without a title")
        if not isinstance(contributor.get("roles", []), list):
            raise PackageError(f"{DESCRIPTOR} has a contributor whose roles are no list")


def _resources(descriptor: Mapping[str, Any], files: Files) -> dict[str, Mapping[str, Any]]:
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not resources:
        raise PackageError(f"{DESCRIPTOR} lists no resources")
    found: dict[str, Mapping[str, Any]] = {}
    for resource in resources:
        name = resource.get("name") if isinstance(resource, dict) else None
        if not isinstance(name, str):
            raise PackageError(f"{DESCRIPTOR} has a resource without a name")
        if not name.replace("_", "").replace("-", "").isalnum():
            raise PackageError(f"{DESCRIPTOR} names a resource {name!r}; expected letters, digits, _ and -")
        if name in found:
            raise PackageError(f"{DESCRIPTOR} lists resource {name!r} twice")
        for key in ("title", "description", "hash"):
            _check_kind(resource, key, str, f"resource {name!r}")
        if "data" in resource:
            raise PackageError(f"resource {name!r} holds inline data; expected the path of a CSV file")
        for key in ("path", "schema"):
            value = resource.get(key)
            if not isinstance(value, str):
                raise PackageError(f"resource {name!r} has no {key}; expected the path of one file inside the package")
            check_path(value, f"{key} of resource {name!r}")
            files.check(value)
        found[name] = resource
    return found


def open_package(location: str | os.PathLike[str] | None = None) -> Package:
    """Open a package.

    Args:
        location: A folder or a zip. Without it, the one that the environment variable CHINA_AI_LAWMAKING_DATA names,
            else the package that is installed with this module, or the checkout that the module is run from.

    Raises:
        PackageError: There is no package there, or it cannot be read safely.
    """
    if location is None:
        override = os.environ.get(OVERRIDE)
        if not override:
            return installed_package()
        if not os.path.exists(override):
            raise PackageError(f"{OVERRIDE} names {override}, where there is no folder or zip")
        location = override
    place = os.fsdecode(location)
    # A pipe would be waited for.
    if not (os.path.isdir(place) or os.path.isfile(place)):
        raise PackageError(f"there is no folder or zip at {place}")
    try:
        absolute = os.path.abspath(place)
    except FileNotFoundError:
        raise PackageError(GONE) from None
    return Package(place, Folder(absolute) if os.path.isdir(absolute) else Archive(absolute))


def installed_package() -> Package:
    """Open the package that is installed with this module, or the checkout that the module is run from.

    Raises:
        PackageError: There is none.
    """
    written = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # The folder of the module can be a link to that of a checkout.
    for module in dict.fromkeys((written, os.path.realpath(written))):
        shipped = os.path.join(module, "_package")
        if os.path.isdir(shipped):
            # Package managers install links to a copy of their own; who can change them can change the code too.
            return Package(shipped, Folder(shipped, may_link=True))
        checkout = os.path.dirname(os.path.dirname(module))
        if _is_checkout(checkout):
            return Package(checkout, Folder(checkout))
        around = module
        while not os.path.exists(around) and around != os.path.dirname(around):
            around = os.path.dirname(around)
        if os.path.isfile(around):
            # The module was imported from a zip.
            inside = os.path.relpath(shipped, around).replace(os.sep, "/")
            return Package(shipped, Archive(around, inside))
    raise PackageError("this installation holds no data; reinstall china-ai-lawmaking")


def _is_checkout(folder: str) -> bool:
    """Tell whether a folder is a checkout of this data package."""
    try:
        with open(os.path.join(folder, DESCRIPTOR), "rb") as file:
            descriptor = json.load(file)
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(descriptor, dict) and descriptor.get("name") == NAME
