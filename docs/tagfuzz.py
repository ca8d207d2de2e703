"""Writes the counts of P17 into properties.md: every element of a header, taken out, blanked, zeroed.

Run from the checkout: ``python docs/tagfuzz.py`` (about five minutes). Prints every silent difference.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.properties.bench import SETUPS, Bench

PAGE = ROOT / "docs" / "properties.md"
BEGIN, END = "<!-- tagfuzz -->", "<!-- end of tagfuzz -->"
KINDS = ("correct", "flagged", "refused", "silent")


def counted(name: str) -> Counter[str]:
    """How the changes of one scan ended."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(SETUPS[name], Path(folder))
        counts: Counter[str] = Counter()
        for change in bench.changes():
            verdict = bench.judged(change)
            counts[verdict.kind] += 1
            if verdict.kind == "silent":
                sys.stdout.write(f"{name}: {change}: {verdict.how}\n")
    return counts


def table(rows: dict[str, Counter[str]]) -> str:
    """The counts as Markdown, with their sum."""
    total: Counter[str] = sum(rows.values(), Counter())
    lines = [f"| scan | changes | {' | '.join(KINDS)} |", "|---|" + "--:|" * (len(KINDS) + 1)]
    for name, counts in {**rows, "all": total}.items():
        numbers = (f"{counts.total():,}", *(f"{counts[kind]:,}" for kind in KINDS))
        lines.append(f"| {name} | {' | '.join(numbers)} |")
    return "\n".join(lines)


def main() -> int:
    """Count, write the page, and answer 1 where anything was silent."""
    rows = {name: counted(name) for name in SETUPS}
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(rows)}\n\n{END}{after}", "utf-8")
    return int(any(counts["silent"] for counts in rows.values()))


if __name__ == "__main__":
    sys.exit(main())
