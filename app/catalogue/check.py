"""What `mwalimu check` does: tell every fault, and mend what has one right answer."""

from pathlib import Path

from app.catalogue.load import BrokenCourses, load
from app.catalogue.model import Fault
from app.catalogue.typography import mend


def check(root: Path) -> tuple[Fault, ...]:
    """Every fault of the courses below `root`, by file and line."""
    try:
        return load(root).faults
    except BrokenCourses as error:
        return error.faults


def mend_all(root: Path) -> list[Path]:
    """Puts French spacing and apostrophes right in every course file; the files changed."""
    changed = []
    for path in sorted([*root.rglob("*.md"), *root.rglob("*.yaml")]):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        mended = mend(path.name, text)
        if mended != text:
            path.write_text(mended, "utf-8", newline="")
            changed.append(path)
    return changed
