"""What each verb does: open, decide, assess, write; stdout is the answer, stderr the talk."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from atsmviewer.cli.answers import names_of, text_of
from atsmviewer.model.assessment import Depth
from atsmviewer.model.errors import ReviewError
from atsmviewer.model.roi import Roi, Role, sphere
from atsmviewer.model.session import Override, Session, Stamp
from atsmviewer.model.study import Study

if TYPE_CHECKING:
    from atsmviewer.workflow.opening import Case

# Every room is imported inside the verb that needs it: `--help` and the window's first show stay quick.


def tell(text: str) -> None:
    """A message for the person at the terminal."""
    _write(sys.stderr, text + "\n")


def answer(text: str) -> None:
    """The answer itself, on stdout."""
    _write(sys.stdout, text if text.endswith("\n") else text + "\n")


def _write(stream: TextIO, text: str) -> None:
    """Text to a terminal that may not know every letter, or a name that is none."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def refuse(error: ReviewError, as_json: bool) -> None:
    """A refusal in words; with --json as the one object on stdout too."""
    tell(f"{error.code}: {error.what}\n{error.remedy}")
    if as_json:
        refused = {"code": error.code, "what": error.what, "remedy": error.remedy}
        answer(json.dumps({"schema": "atsmviewer.refused/1", "refused": refused}, ensure_ascii=False))


def show(args: argparse.Namespace) -> int:
    """The window."""
    from atsmviewer.cli.display import has_display

    if not has_display():
        raise ReviewError(
            "NO_DISPLAY",
            "There is no display to show a window on.",
            "Use assess, report or demo --no-window, or set QT_QPA_PLATFORM=offscreen.",
        )
    return int(args.window(tuple(args.paths), args.session, None))


def demo(args: argparse.Namespace) -> int:
    """Make the demonstration study; open it, or write its whole report where there is no display."""
    from atsmviewer.cli.display import has_display
    from atsmviewer.workflow.demo import write_demo

    if args.case is None:
        args.case = "thigh-64cu"
    if not args.no_window and has_display() and args.out is None:
        return int(args.window((), None, args.case))
    from atsmviewer.workflow.demoreading import read_demo

    folder = write_demo(args.case, None if args.out is None else args.out / "study")
    tell(f"Demonstration study: {folder}")
    for path in read_demo(folder, folder.parent / f"{args.case}-report" if args.out is None else args.out):
        answer(str(path))
    return 0


def scan(args: argparse.Namespace) -> int:
    """What is there, without voxels."""
    from atsmviewer.cli.listing import scan_record, scan_text
    from atsmviewer.dicom.pairing import study as pair
    from atsmviewer.dicom.scan import scan as look
    from atsmviewer.report.records import to_json_bytes

    found = look(args.path)
    refused: ReviewError | None = None
    case: Study | None = None
    try:
        case = pair(found)
    except ReviewError as error:
        refused = error
    record = scan_record(found, case, refused)
    answer(to_json_bytes(record).decode() if args.json else scan_text(record))
    if refused is not None:  # the record above carries it already
        refuse(refused, as_json=False)
        return 3
    return 0


def suv(args: argparse.Namespace) -> int:
    """Per PET series: what it is and how SUV follows, or the refusal and what to enter."""
    from atsmviewer.cli.explained import explained
    from atsmviewer.quant.suv import suv_scale
    from atsmviewer.report.records import SuvEntry, suv_record, to_json_bytes
    from atsmviewer.workflow.opening import open_case
    from atsmviewer.workflow.scales import value_range

    case = open_case(args.path)
    _tell_unread(case)
    rows: list[SuvEntry] = []
    entered: list[Override] = []
    for acquisition in case.study.acquisitions:
        own = [_override(word, acquisition.uid) for word in args.set]
        scale = suv_scale(acquisition.facts, own)
        low, high = value_range(acquisition, scale) if scale.is_suv else (None, None)
        rows.append(SuvEntry(acquisition, scale, low, high))
        entered += own
    if args.json:
        answer(to_json_bytes(suv_record(rows)).decode())
    else:
        answer(explained(case, args.path, rows, entered))
    return 0


def assess(args: argparse.Namespace) -> int:
    """Every number of a session."""
    from atsmviewer.quant.assess import assess as derive
    from atsmviewer.report.records import assess_record, to_json_bytes

    study, session, _ = _decided(args)
    record = assess_record(derive(study, session, Depth.FULL), study, session)
    answer(to_json_bytes(record).decode() if args.json else text_of(record, names_of(study)))
    return 0


def report(args: argparse.Namespace) -> int:
    """PDF, CSV and JSON of a session."""
    from atsmviewer.workflow.reporting import make_report

    study, session, stamp = _decided(args)
    formats = tuple(word.strip() for word in args.formats.split(",") if word.strip())
    for path in make_report(study, session, stamp, args.out, formats):
        answer(str(path))
    return 0


def _decided(args: argparse.Namespace) -> tuple[Study, Session, Stamp | None]:
    """Study and session, each PET with the CT or MR that was chosen for it; what cannot be read is told."""
    from atsmviewer.workflow.opening import open_case, with_chosen

    case = open_case(args.path)
    session, stamp = _session(args, case.study)
    case = with_chosen(case, session)
    _tell_unread(case)
    return case.study, session, stamp


def _tell_unread(case: Case) -> None:
    for error in case.unread:
        tell(f"{error.code}: {error.what} {error.remedy}")


def _override(word: str, acquisition_uid: str) -> Override:
    from atsmviewer.session.journal import reader_name

    name, equals, value = word.partition("=")
    if not equals:
        raise ReviewError("SET_UNREADABLE", f"{word!r} is not KEY=VALUE.", "Write for example weight_kg=71.")
    return Override(acquisition_uid, name, value, reader_name(), "command line --set")


def _session(args: argparse.Namespace, study: Study) -> tuple[Session, Stamp | None]:
    """The session of a file, or an empty one, with the command line's regions and protocol added."""
    from atsmviewer.session.journal import load
    from atsmviewer.session.protocol import read_protocol
    from atsmviewer.workflow.regions import import_regions

    session, stamp = Session(study.key), None
    was = session
    if args.session is not None:
        history, stamp, recovery = load(args.session)
        was = session = history.present.session
        if session.case_key != study.key:
            raise ReviewError(
                "SESSION_OTHER_CASE", "That session belongs to another case.", "Choose its own."
            )
        if recovery:
            tell(recovery)
    if args.protocol is not None:
        session = replace(session, protocol=read_protocol(args.protocol))
    frame = study.acquisitions[0].frame_of_reference_uid
    for number, (name, *numbers) in enumerate(args.sphere):
        x, y, z, radius = (_number(word) for word in numbers)
        if radius <= 0:
            raise ReviewError(
                "RADIUS_INVALID", f"The radius of {name} is {radius:g} mm.", "Give a positive one."
            )
        roi = Roi(f"sphere-{number}", name, Role.REFERENCE, frame, sphere((x, y, z), radius))
        session = replace(session, rois=(*session.rois, roi))
    session = import_regions(study, session, args.rois, args.tumour, args.muscle)
    muscles = [roi.name for roi in session.of_role(Role.MUSCLE)]
    if args.muscle and len(muscles) > len(args.muscle):
        tell(f"Muscle is the mean of {', '.join(muscles)}: the session's regions count too.")
    # A stamp vouches for the very state it names; what the command line added has none.
    return session, stamp if session == was else None


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise ReviewError("NUMBER_UNREADABLE", f"{word!r} is not a number.", "Give LPS mm.") from None
