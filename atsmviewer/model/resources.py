"""Where the shipped files are (fonts, icons, tables): the one place that knows an install from a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]

# An installed wheel and the frozen program carry the files inside the package. That is asked first:
# the folder beside an installed package is site-packages, where "resources" would be a stranger's.
# The list of algorithms is a document of the checkout that is shipped as a resource.
_PLACES = (_PACKAGE / "_resources", _PACKAGE.parent / "resources", _PACKAGE.parent / "docs")


def resource(name: str) -> Path:
    """The path of a shipped file, by its name below ``resources/`` ("fonts/Inter-Regular.ttf").

    Raises FileNotFoundError, which names the places looked at: the install is incomplete.
    """
    looked = [place / name for place in _PLACES]
    for path in looked:
        if path.is_file():
            return path
    raise FileNotFoundError(f"{name} is not at " + " nor at ".join(map(str, looked)))
