"""One command line obeyed: words to verb, refusals to exit code 3, bugs to 1; the only place that catches."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from atsmviewer.cli import verbs
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.version import __version__

DONE, BUG, USAGE, REFUSED = 0, 1, 2, 3
Window = Callable[[Sequence[Path], Path | None, str | None], int]
VERBS = ("open", "demo", "scan", "suv", "assess", "report")


def run(words: Sequence[str], window: Window) -> int:
    """Obey one command line; bare paths, or nothing, open the ``window``, which is given from above."""
    logging.getLogger("pydicom").setLevel(logging.ERROR)
    if not words or (words[0] not in VERBS and not words[0].startswith("-")):
        words = ["open", *words]
    args = parser().parse_args(words, argparse.Namespace(window=window))
    try:
        return int(args.act(args))
    except ReviewError as error:
        verbs.refuse(error, bool(getattr(args, "json", False)))
        return REFUSED
    except Exception:  # the last place: anything here is a bug and says so
        logging.getLogger("atsmviewer").exception("a bug")
        verbs.tell("Something broke. Files that were there before are unchanged.")
        return BUG


def parser() -> argparse.ArgumentParser:
    """The whole grammar; see design.md, "What others may rely on"."""
    whole = argparse.ArgumentParser(
        "atsmviewer", description="Read and measure a Cu-ATSM hypoxia PET/CT. Research use only."
    )
    whole.add_argument("--version", action="version", version=f"atsmviewer {__version__}")
    add = whole.add_subparsers(required=True, metavar="VERB").add_parser

    shown = add("open", help="the window")
    shown.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="folders, files, a DICOMDIR, a zip"
    )
    shown.add_argument("--session", type=Path, metavar="FILE")
    shown.set_defaults(act=verbs.show)

    demo = add("demo", help="make the demonstration study and open it; without a display write its report")
    demo.add_argument("--case", default=None, help="which made-up case (thigh-64cu, cervix-60cu)")
    demo.add_argument("--out", type=Path, metavar="DIR", help="where to write study and report")
    demo.add_argument("--no-window", action="store_true")
    demo.set_defaults(act=verbs.demo)

    scan = add("scan", help="series found, what was paired with what, what was refused and why")
    suv = add("suv", help="per PET series: factor, candidate times, flags, or the refusal")
    assess = add("assess", help="the whole assessment")
    report = add("report", help="write PDF, CSV and JSON")
    for verb, act in ((scan, verbs.scan), (suv, verbs.suv), (assess, verbs.assess), (report, verbs.report)):
        verb.add_argument("path", type=Path)
        verb.set_defaults(act=act)
    for verb in (scan, suv, assess):
        verb.add_argument("--json", action="store_true", help="one JSON object on stdout and nothing else")
    suv.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="supply a header fact")
    for verb in (assess, report):
        _session_words(verb)
    report.add_argument("--out", type=Path, required=True, metavar="DIR")
    report.add_argument("--formats", default="pdf,csv,json", help="comma-separated: pdf,csv,json")
    return whole


def _session_words(verb: argparse.ArgumentParser) -> None:
    """Where the regions come from, and what they are."""
    verb.add_argument("--session", type=Path, metavar="FILE")
    verb.add_argument(
        "--rois", type=Path, nargs="+", default=[], metavar="FILE", help="RTSTRUCT, DICOM SEG or NIfTI mask"
    )
    verb.add_argument("--tumour", action="append", default=[], metavar="NAME")
    verb.add_argument("--muscle", action="append", default=[], metavar="NAME")
    verb.add_argument(
        "--sphere",
        action="append",
        nargs=5,
        default=[],
        metavar=("NAME", "X", "Y", "Z", "RADIUS"),
        help="a sphere, LPS mm, in the first time point",
    )
    verb.add_argument("--protocol", type=Path, metavar="FILE", help="JSON of choices that change a number")
