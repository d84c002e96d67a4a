"""China's debate about legislating artificial intelligence, as tables that you can load, check and cite."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .dataset import Dataset, installed, open, validate
    from .problems import Problem

    _installed = installed()
    cite = _installed.cite
    contract = _installed.contract
    describe = _installed.describe
    load = _installed.load
    path = _installed.path
    resolve = _installed.resolve
    rows = _installed.rows
    tables = _installed.tables
    view = _installed.view
    violations = _installed.violations

__all__ = [
    "Dataset",
    "Problem",
    "cite",
    "contract",
    "describe",
    "load",
    "open",
    "path",
    "resolve",
    "rows",
    "tables",
    "validate",
    "view",
    "violations",
]


def __getattr__(name: str) -> object:
    # Importing the package must cost nothing: what a name needs is imported when the name is first used.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    if name == "Problem":
        from .problems import Problem

        return Problem
    from . import dataset

    value = getattr(dataset, name) if hasattr(dataset, name) else getattr(dataset.installed(), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
