"""The exceptions that this package raises on purpose, each with one sentence for its user."""


class ChinaAiLawmakingError(Exception):
    """Base of every exception that this package raises on purpose."""


class UsageError(ChinaAiLawmakingError, ValueError):
    """A call or a command names something that does not exist; the message lists what does."""


class UnknownTableError(UsageError):
    """The package has no table of that name."""


class PackageError(ChinaAiLawmakingError):
    """The package as a whole cannot be used: no descriptor, an unsafe path, an archive over the limits."""


class DataError(ChinaAiLawmakingError):
    """A cell cannot be read as its schema says; the message locates it."""


class MissingExtraError(ChinaAiLawmakingError, ImportError):
    """A library of an optional extra is not installed; the message says how to install it."""


GONE = "the folder that you stand in was deleted; go to another one"

# The extras that bring libraries; whatever else is missing comes with `validate`.
_EXTRAS = {
    **dict.fromkeys(("jsonschema", "opencc", "yaml"), "contribute"),
    **dict.fromkeys(("openpyxl", "xlsxwriter"), "spreadsheet"),
    **dict.fromkeys(("jinja2", "markdown_it", "pypinyin"), "site"),
    "networkx": "network",
    "pyarrow": "release",
}


class NeedsExtra:
    """Around what imports libraries of an extra: words the failed import of one as MissingExtraError."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Say which extra brings a library that is not there."""
        if isinstance(error, ModuleNotFoundError):
            library = str(error.name).partition(".")[0]
            extra = _EXTRAS.get(library, "validate")
            told = f"{library} is not installed; run: pip install 'china-ai-lawmaking[{extra}]'"
            raise MissingExtraError(told) from None
