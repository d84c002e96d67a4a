"""The release's metadata documents, all derived from `datapackage.json` and the Table Schemas.

Each says what its standard asks for and what those who read it use, and no more. The persistent identifiers of record
and people are in the descriptor: `id`, such as https://doi.org/10.5281/zenodo.1, and `path` of a contributor, such as
https://orcid.org/0000-0002-1825-0097.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import PackageError
from ..package.descriptor import Package, Table

Json = dict[str, Any]

_MEDIA_TYPES = {
    "sqlite": "application/vnd.sqlite3",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
}
# The terms that the document uses; the whole list of the standard is four times as long.
_CROISSANT_TERMS = ("citeAs", "column", "extract", "field", "fileObject", "key", "recordSet", "source")
_CROISSANT_TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
}


def citation_cff(package: Package) -> str:
    """Give `CITATION.cff`, format 1.2.0."""
    import yaml

    descriptor = package.descriptor
    citation = {
        "cff-version": "1.2.0",
        "message": "If you use this record, please cite it as below.",
        "type": "dataset",
        "title": descriptor["title"],
        "abstract": descriptor["description"],
        "version": package.version,
        "date-released": package.created,
        "authors": [_cff_author(contributor) for contributor in _in_role(package, "creator")],
        "license": [licence["name"] for licence in descriptor["licenses"]],
        "keywords": descriptor.get("keywords"),
        "url": package.homepage,
        "doi": _doi(package),
    }
    text: str = yaml.safe_dump(_filled(citation), allow_unicode=True, sort_keys=False, width=120)
    return f"# Generated from datapackage.json.\n{text}"


def datacite(package: Package) -> str:
    """Give DataCite 4.5 metadata as JSON."""
    descriptor = package.descriptor
    document = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "doi": _doi(package),
        "url": package.homepage,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Data Package"},
        "titles": [{"title": descriptor["title"]}],
        "creators": [_datacite_name(contributor) for contributor in _in_role(package, "creator")],
        "publisher": {"name": _in_role(package, "publisher")[0]["title"]},
        "publicationYear": package.created[:4],
        "version": package.version,
        "descriptions": [{"description": descriptor["description"], "descriptionType": "Abstract"}],
        "subjects": [{"subject": keyword} for keyword in descriptor.get("keywords", ())],
        "rightsList": [{"rights": known["title"], "rightsUri": known["path"]} for known in descriptor["licenses"]],
    }
    return _text(document)


def schema_org(package: Package, paths: Iterable[str]) -> str:
    """Give schema.org metadata as JSON-LD, with those of the release's files that are data, by path beside it."""
    data = [(path, kind) for path in paths if (kind := _MEDIA_TYPES.get(path.rpartition(".")[2]))]
    document = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        **_dataset(package),
        "identifier": package.descriptor.get("id"),
        "distribution": [
            {"@type": "DataDownload", "name": path, "contentUrl": path, "encodingFormat": kind} for path, kind in data
        ],
    }
    return _text(document)


def croissant(package: Package, cite_as: str) -> str:
    """Give Croissant 1.1 metadata as JSON-LD: one file object, with its hash, and one record set a table."""
    context = {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        **{term: f"cr:{term}" for term in _CROISSANT_TERMS},
    }
    tables = [package.table(name) for name in package.names()]
    document = {
        "@context": context,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        **_dataset(package),
        "citeAs": cite_as,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": table.path,
                "name": table.path,
                "contentUrl": table.path,
                "encodingFormat": _MEDIA_TYPES["csv"],
                "sha256": table.hash.removeprefix("sha256:"),
            }
            for table in tables
        ],
        "recordSet": [_record_set(table) for table in tables],
    }
    return _text(document)


def _record_set(table: Table) -> Json:
    # No references: mlcroissant 1.1 joins along them, fails on circles such as a parent in the same table, and gives
    # column names for rows when one data set is asked for several tables. The schemas hold the foreign keys.
    fields = (
        {
            "@type": "cr:Field",
            "@id": f"{table.name}/{field.name}",
            "name": field.name,
            "description": field.description,
            "dataType": _CROISSANT_TYPES[field.type],
            "source": {"fileObject": {"@id": table.path}, "extract": {"column": field.name}},
        }
        for field in table.fields
    )
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
        "field": [*map(_filled, fields)],
    }


def _dataset(package: Package) -> Json:
    """Give the members that schema.org and Croissant share."""
    descriptor = package.descriptor
    return {
        "name": descriptor["title"],
        "description": descriptor["description"],
        "url": package.homepage,
        "version": package.version,
        "datePublished": package.created,
        "license": [licence["path"] for licence in descriptor["licenses"]],
        "creator": [_agent(contributor) for contributor in _in_role(package, "creator")],
        "publisher": _agent(_in_role(package, "publisher")[0]),
        "keywords": descriptor.get("keywords"),
    }


def _doi(package: Package) -> str:
    return str(package.descriptor.get("id", "")).partition("https://doi.org/")[2]


def _in_role(package: Package, role: str) -> list[Mapping[str, Any]]:
    found = [c for c in package.descriptor["contributors"] if role in c.get("roles", ())]
    if not found:
        raise PackageError(f"datapackage.json names no contributor with the role {role!r}")
    return found


def _orcid(contributor: Mapping[str, Any]) -> str:
    path = str(contributor.get("path", ""))
    return path if path.startswith("https://orcid.org/") else ""


def _agent(contributor: Mapping[str, Any]) -> Json:
    kind = "Person" if "familyName" in contributor else "Organization"
    return _filled({"@type": kind, "name": contributor["title"], "sameAs": _orcid(contributor)})


def _cff_author(contributor: Mapping[str, Any]) -> Json:
    if "familyName" not in contributor:
        return {"name": contributor["title"]}
    names = {"family-names": contributor["familyName"], "given-names": contributor.get("givenName")}
    return _filled({**names, "orcid": _orcid(contributor)})


def _datacite_name(contributor: Mapping[str, Any]) -> Json:
    scheme = {"nameIdentifierScheme": "ORCID", "schemeUri": "https://orcid.org"}
    name = {
        "name": contributor["title"],
        "nameType": "Personal" if "familyName" in contributor else "Organizational",
        "givenName": contributor.get("givenName"),
        "familyName": contributor.get("familyName"),
        "nameIdentifiers": [{"nameIdentifier": orcid, **scheme} for orcid in [_orcid(contributor)] if orcid],
    }
    return _filled(name)


def _filled(document: Json) -> Json:
    return {key: value for key, value in document.items() if value not in (None, "", [])}


def _text(document: Json) -> str:
    return json.dumps(_filled(document), ensure_ascii=False, indent=2) + "\n"
