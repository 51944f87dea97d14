"""Records what comes of awkward inputs, and prints what is different from before.

`make golden` runs it. Whoever changes a rule reads the difference: it is what listeners will
notice. An input is added as a line `{"said": "…"}`.
"""

from __future__ import annotations

import difflib
import io
import json
import random
import sys
from pathlib import Path

from PIL import Image

from altlens_host.worker.postprocess import Style, style_for, tidy
from altlens_host.worker.triage import look
from altlens_training.drawn_check import KINDS
from altlens_training.drawn_check.canvas import as_sent
from altlens_training.drawn_check.maps import map_
from altlens_training.drawn_check.ornaments import ORNAMENTS

FOLDER = Path(__file__).parent
CAPTIONS = FOLDER / "captions.jsonl"
PICTURES = FOLDER / "pictures.jsonl"
DRAWN = {**KINDS, "map": map_, **ORNAMENTS}
EACH = 12

STYLES = {"heard": style_for("lite", neutral=True), "as_written": Style(False, None)}
"""What lite's user hears, and what one hears who wants the model's own words."""


def captions() -> list[dict[str, str]]:
    """Return the recorded sentences with what is heard of them now."""
    said = [json.loads(line)["said"] for line in CAPTIONS.read_text("utf-8").splitlines()]
    return [
        {"said": one, **{name: tidy(one, style) for name, style in STYLES.items()}} for one in said
    ]


def pictures() -> list[dict[str, str]]:
    """Return pictures that are drawn by code, with what triage takes them for."""
    rows = []
    for kind, draw in DRAWN.items():
        for number in range(EACH):
            rng = random.Random(f"golden:{kind}:{number}")
            image = Image.open(io.BytesIO(as_sent(draw(rng), rng))).convert("RGB")
            rows.append({"drawn": f"{kind} {number}", "taken_for": str(look(image).kind)})
    return rows


def written(rows: list[dict[str, str]]) -> str:
    """Return rows as lines of JSON, in plain ASCII: what cannot be seen must be visible here."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def main() -> int:
    """Record anew, and print what is different; returns 0."""
    for path, rows in ((CAPTIONS, captions()), (PICTURES, pictures())):
        before = path.read_text("utf-8") if path.exists() else ""
        after = written(rows)
        difference = difflib.unified_diff(
            before.splitlines(), after.splitlines(), path.name, path.name, "", "", 0, ""
        )
        for line in difference:
            print(line)
        path.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
