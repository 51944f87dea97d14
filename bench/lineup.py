"""The contenders with the model of full size: every peer, and altlens in each of its layouts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bench import environment, installed
from bench.contenders import Altlens, Command, Contender, Lines
from bench.full_size import FullSize
from bench.processes import Launcher

REFERENCE = "torch-pipeline"
"""Its logits, in 32-bit floats, are what all others' are compared with."""

_THREADS = "2"
"""Of WebAssembly, which would use half of the processors by itself."""

_SMALL = ("*.json",)
_QUANTIZED = ("onnx/encoder_model_quantized.onnx", "onnx/decoder_model_merged_quantized.onnx")
_ALTLENS = {
    "altlens-reference": "reference",
    "altlens-prepared": "q8",
    "altlens-precise": "precise",
    "altlens-fast": "fast",
    "altlens-prepared-2-beams": "two-beams",
}
NAMES = (
    REFERENCE,
    "optimum-q8",
    "nvda-loop-q8",
    "nvda-loop-q8-tuned",
    "transformersjs-native-q8",
    "transformersjs-wasm-q8",
    "altlens-reference",
    "altlens-prepared",
    "altlens-precise",
    "altlens-fast",
    "optimum-q8-2-beams",
    "altlens-prepared-2-beams",
)


def lineup(model: FullSize, names: Sequence[str] = NAMES) -> list[Contender]:
    """Return the contenders of these names, in their order; installs what altlens needs."""
    return [
        _altlens(model, name) if name in _ALTLENS else _peer(model, name)
        for name in NAMES
        if name in names
    ]


def _peer(model: FullSize, name: str) -> Contender:
    layout = str(model.layout)
    commands = {
        REFERENCE: _python("torch_pipeline", str(model.checkpoint)),
        "optimum-q8": _python("optimum_q8", layout, "1"),
        "optimum-q8-2-beams": _python("optimum_q8", layout, "2"),
        "nvda-loop-q8": _python("nvda_loop", layout, "default"),
        "nvda-loop-q8-tuned": _python("nvda_loop", layout, "tuned"),
        "transformersjs-native-q8": _node(layout, "native"),
        "transformersjs-wasm-q8": _node(layout, "wasm"),
    }
    like = {"optimum-q8-2-beams": "optimum-q8", "nvda-loop-q8-tuned": "nvda-loop-q8"}
    command = commands[name]
    place = model.checkpoint if name == REFERENCE else model.layout
    graphs = ("*.safetensors",) if name == REFERENCE else _QUANTIZED
    return Contender(
        name,
        lambda: Lines(command),
        None if name in like else command,
        lambda: _bytes(place, (*_SMALL, *graphs)),
        like.get(name),
        command if name.startswith("nvda") else None,
    )


def _altlens(model: FullSize, name: str) -> Contender:
    place = installed.installed(model.layout, _ALTLENS[name])
    launcher = Launcher()
    forcing = Command([sys.executable, "-m", "bench.forcing", str(place)])
    like = "altlens-prepared" if name.endswith("-2-beams") else None
    return Contender(
        name,
        lambda: Altlens(launcher, installed.environment(_ALTLENS[name])),
        None if like else forcing,
        lambda: _bytes(place, ("**/*",)),
        like,
        None if like else forcing,
    )


def _python(module: str, *arguments: str) -> Command:
    words = [str(environment.python()), "-m", f"bench.peers.{module}", *arguments]
    return Command(words, environment={"HF_HUB_OFFLINE": "1"})


def _node(layout: str, runtime: str) -> Command:
    script = str(environment.PEERS / "transformersjs.mjs")
    words = [environment.node(), script, layout, runtime, _THREADS]
    return Command(words, environment.node_folder())


def _bytes(place: Path, patterns: Sequence[str]) -> int:
    paths = {path for pattern in patterns for path in place.glob(pattern) if path.is_file()}
    return sum(path.stat().st_size for path in paths)
