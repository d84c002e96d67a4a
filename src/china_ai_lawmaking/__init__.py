"""China's debate about legislating artificial intelligence, as tables that you can load, check and cite.

The verbs of this module all act on one dataset, which is found when the first of them is used: the folder or zip that
the environment variable CHINA_AI_LAWMAKING_DATA names then, else the installed record.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .dataset import Dataset, installed, validate
    from .dataset import open as open
    from .problems import Problem

    __version__: str

    _installed = installed()
    cite = _installed.cite
    contract = _installed.contract
    describe = _installed.describe
    evidence = _installed.evidence
    load = _installed.load
    network = _installed.network
    path = _installed.path
    resolve = _installed.resolve
    rows = _installed.rows
    tables = _installed.tables
    version = _installed.version
    view = _installed.view
    violations = _installed.violations

# Without `open`: a star import would take away the builtin of that name.
__all__ = [
    "Dataset",
    "Problem",
    "cite",
    "contract",
    "describe",
    "evidence",
    "load",
    "network",
    "path",
    "resolve",
    "rows",
    "tables",
    "validate",
    "version",
    "view",
    "violations",
]
_NAMES = [*__all__, "__version__", "open"]


def __getattr__(name: str) -> object:
    # Importing the package must cost nothing: what a name needs is imported when the name is first used.
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_NAMES)}")
    value: object
    if name == "Problem":
        from .problems import Problem

        value = Problem
    elif name == "__version__":
        from .package import descriptor

        # Software and record have one version.
        value = descriptor.installed_package().version
    else:
        from . import dataset

        value = getattr(dataset, name) if hasattr(dataset, name) else getattr(dataset.installed(), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return _NAMES
