"""`python -m altlens_host.worker prepare FOLDER`: the steps, told as JSON lines on stdout."""

from __future__ import annotations

import argparse
import ctypes
import functools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from altlens_host.errors import AltlensError
from altlens_host.models.catalogue import Model, find
from altlens_host.worker.engines.generation import choices_needed
from altlens_host.worker.engines.generation_config import read_generation_config
from altlens_host.worker.engines.onnx import Graphs
from altlens_host.worker.engines.prepared import PreparedGraphs
from altlens_host.worker.engines.probe import multiplies_exactly
from altlens_host.worker.engines.reference import ReferenceGraphs, decoders_of, encoder_of
from altlens_host.worker.engines.sessions import open_session
from altlens_host.worker.engines.threads import thread_count
from altlens_host.worker.model_files import digest_of, read_config
from altlens_host.worker.prepare import checking
from altlens_host.worker.prepare.attention import Arithmetic, arithmetic_of, plain
from altlens_host.worker.prepare.decoder_graph import write_decoder
from altlens_host.worker.prepare.encoder_graph import write_encoder
from altlens_host.worker.prepare.family import read_family
from altlens_host.worker.prepare.parts import Decoder, Encoder, read_decoder, read_encoder
from altlens_host.worker.prepare.probe import write_probe
from altlens_host.worker.prepare.quantizing import quantized
from altlens_host.worker.prepare.reading import Graph
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.vocabulary import write_words
from altlens_host.worker.prepare.writing import Writer
from altlens_host.worker.prepared_files import CARD, FILES, FOLDER, FORMAT, VARIANTS, WORDS
from altlens_host.worker.processor import read_image_processor

REFUSED = 3
"""The exit code when the model cannot be prepared, but used as it is."""

_QUANTIZED, _FLOATS = ("_quantized",), ("",)


def main(argv: list[str]) -> int:
    """Prepare a model.

    Args:
        argv: The command line after `prepare`.

    Returns:
        0, or 3 where the model cannot be prepared, or 1 where something failed.
    """
    parser = argparse.ArgumentParser(prog="python -m altlens_host.worker prepare")
    parser.add_argument("folder", type=Path, help="a model in the hub layout")
    parser.add_argument("--variant", choices=VARIANTS, default="q8")
    parser.add_argument("--threads", type=int, default=0, help="0 means as many as help")
    asked = parser.parse_args(argv)
    _give_memory_back()
    try:
        work = Preparation(find(str(asked.folder)), asked.variant, asked.threads)
        checked = work.run()
    except RefusedError as refused:
        _tell({"refused": str(refused)})
        return REFUSED
    except AltlensError as error:
        _tell({"error": f"{error.detail}"})
        return 1
    except (OSError, MemoryError) as error:
        _tell({"error": f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}"})
        return 1
    _tell({"prepared": {"variant": asked.variant, "checked": checked}})
    return 0


def _give_memory_back() -> None:
    """Have glibc give each larger block back when it is freed (mallopt(3)).

    By itself it keeps ever larger ones for the next time; half a gigabyte of weights that were
    read would stay beside the graphs that are then compared.
    """
    mmap_threshold = -3
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(mmap_threshold, 1 << 20)


def _tell(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Preparation:
    """The preparation of one model in one variant."""

    def __init__(self, model: Model, variant: str, threads: int) -> None:
        """Read what lies beside the graphs.

        Raises:
            RefusedError: The model is of a kind that cannot be prepared.
            ModelMissingError: A file is not there.
            ModelBrokenError: A file cannot be used.
        """
        self._model, self._variant = model, variant
        self._config = read_config(model.path / "config.json")
        self._family = read_family(self._config)
        settings = read_config(model.path / "preprocessor_config.json")
        self._processor = read_image_processor(settings)
        side = self._family.image
        if (self._processor.width, self._processor.height) != (side, side):
            raise RefusedError(f"The encoder does not look at pictures of {side} by {side} pixels.")
        generation = model.path / "generation_config.json"
        said = read_config(generation) if generation.exists() else {}
        self._generation = read_generation_config(said, self._config)
        self._open = functools.partial(open_session, threads=thread_count(threads))
        self._new = model.path / f"{FOLDER}.new"

    def run(self) -> dict[str, Any]:
        """Do it all, and put the result in its place.

        Returns:
            The figures of the check.

        Raises:
            RefusedError: The graphs are built in a way not known here, or the check failed.
        """
        endings = _QUANTIZED if self._variant == "q8" else _FLOATS
        try:
            encoder = encoder_of(self._model.path / "onnx", endings)
            decoders = decoders_of(self._model.path / "onnx", endings)
        except AltlensError as error:
            raise RefusedError(error.detail) from None
        if self._variant == "q8" and len(decoders) == 1 and "merged" not in decoders[0].name:
            # It goes through the whole caption for every token, and rounds it in one piece.
            raise RefusedError("A quantized decoder without past key values cannot be prepared.")
        sources = self._sources([encoder, *decoders, self._model.path / WORDS])
        shutil.rmtree(self._new, ignore_errors=True)
        self._new.mkdir()
        try:
            write_words(self._model.path, self._new)
            self._write(encoder, decoders)
            checked = self._checked()
            self._finish(sources, checked)
        finally:
            shutil.rmtree(self._new, ignore_errors=True)
        return checked

    def _sources(self, paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
        _progress(0.0, "reading")
        sources = {}
        for path in paths:
            name, digest = path.relative_to(self._model.path).as_posix(), digest_of(path)
            if self._model.files.get(name, digest) != digest:
                raise RefusedError(f"{name} is not the file that was declared.")
            sources[name] = {"sha256": digest, "size": path.stat().st_size}
        return sources

    def _write(self, encoder_path: Path, decoder_paths: Sequence[Path]) -> None:
        encoder, decoder = self.read(encoder_path, decoder_paths[0])
        how = plain(self._family.encoder.head_width, self._family.decoder.head_width)
        if self._variant == "q8":
            how = arithmetic_of(encoder_path, decoder_paths[-1])
        else:
            _progress(0.15, "quantizing")
            encoder, decoder = quantized(encoder, decoder, self._variant)
        _progress(0.25, "writing")
        signed = self._probe()
        self._write_graphs(encoder, decoder, how, signed=signed)

    def read(self, encoder_path: Path, decoder_path: Path) -> tuple[Encoder, Decoder]:
        """Take the weights out of two graphs.

        Raises:
            RefusedError: They are built in a way not known here, or damaged.
        """
        try:
            return self._read(encoder_path, decoder_path)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            # What a graph may lack or have too much of has no end.
            kind = type(error).__name__
            raise RefusedError(f"The graphs are not as expected ({kind}).") from None

    def _read(self, encoder_path: Path, decoder_path: Path) -> tuple[Encoder, Decoder]:
        decoder = read_decoder(Graph(decoder_path), self._family)
        if len(decoder.positions) < self._generation.max_length - 1:
            raise RefusedError("The decoder has fewer positions than the longest caption.")
        _progress(0.1, "reading")
        return read_encoder(Graph(encoder_path), self._family), decoder

    def _probe(self) -> bool:
        """Leave the probe beside the graphs, and say whether matrices may be signed."""
        path = self._new / "probe.onnx"
        write_probe(path, signed=True)
        exact = multiplies_exactly(path)
        if not exact:
            write_probe(path, signed=False)
        return exact

    def _write_graphs(
        self, encoder: Encoder, decoder: Decoder, how: Arithmetic, *, signed: bool
    ) -> None:
        first, second = Writer(signed=signed), Writer(signed=signed)
        write_encoder(
            first, encoder, decoder, family=self._family, processor=self._processor, how=how
        )
        first.save(self._new / "encoder.onnx")
        write_decoder(second, decoder, self._family, how)
        second.save(self._new / "decoder.onnx")

    def _checked(self) -> dict[str, Any]:
        try:
            return self._check()
        except (RefusedError, AltlensError, MemoryError):
            raise
        except Exception as error:
            # The library has a dozen exceptions of its own, without a common base.
            raise RefusedError(f"The graphs cannot be run ({type(error).__name__}).") from None

    def _check(self) -> dict[str, Any]:
        if self._variant == "q8":
            tell = functools.partial(_part, 0.3, 0.95, "comparing")
            reference = self._reference(self._model.path, _QUANTIZED)
            return checking.same_tokens(self._prepared(), reference, self._generation, tell)
        _progress(0.3, "measuring the original")
        floats = self._reference(self._model.path, _FLOATS)
        teacher = checking.Teacher(floats, self._generation.start)
        del floats
        _progress(0.6, "measuring the hub's quantized graphs")
        q8, _ = teacher.error(self._quantized())
        _progress(0.85, "measuring the prepared graphs")
        error, same = teacher.error(self._prepared())
        if error > checking.MOST_ERROR * q8:
            raise RefusedError(
                f"The prepared graphs' error is {error:.4f}, more than {checking.MOST_ERROR} times "
                f"that of the hub's quantized graphs, {q8:.4f}."
            )
        pictures = checking.FORCED_PICTURES
        return {"pictures": pictures, "error": error, "q8_error": q8, "same_top_token": same}

    def _prepared(self) -> Graphs:
        opened = functools.partial(self._open, as_it_is=True)
        needed = choices_needed(self._generation)
        return PreparedGraphs(self._new, self._processor, needed, opened)

    def _reference(self, folder: Path, endings: Sequence[str]) -> Graphs:
        return ReferenceGraphs(folder, self._config, self._processor, self._open, endings)

    def _quantized(self) -> Graphs:
        """Open the hub's quantized graphs; where they are not in the folder, make them anew."""
        try:
            return self._reference(self._model.path, _QUANTIZED)
        except AltlensError:
            from altlens_host.worker.prepare.hub_quantization import quantize_as_the_hub

            with tempfile.TemporaryDirectory() as folder:
                graphs = self._model.path / "onnx"
                sources = [encoder_of(graphs, _FLOATS), *decoders_of(graphs, _FLOATS)]
                quantize_as_the_hub(sources, Path(folder) / "onnx")
                return self._reference(Path(folder), _QUANTIZED)

    def _finish(self, sources: dict[str, Any], checked: dict[str, Any]) -> None:
        _progress(0.95, "finishing")
        files = {}
        for name in FILES:
            path = self._new / name
            # onnx writes weights for the owner alone; a system's model is for all its users.
            path.chmod(0o644)
            with path.open("rb") as file:
                os.fsync(file.fileno())
            files[name] = {"sha256": digest_of(path), "size": path.stat().st_size}
        card = {
            "format": FORMAT,
            "variant": self._variant,
            "sources": sources,
            "files": files,
            "checked": checked,
        }
        with (self._new / CARD).open("w", encoding="utf-8") as file:
            json.dump(card, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        place, old = self._model.path / FOLDER, self._model.path / f"{FOLDER}.old"
        shutil.rmtree(old, ignore_errors=True)
        if place.exists():
            place.rename(old)
        self._new.rename(place)
        shutil.rmtree(old, ignore_errors=True)


def _progress(share: float, step: str) -> None:
    _tell({"progress": round(share, 3), "step": step})


def _part(start: float, stop: float, step: str, share: float) -> None:
    _progress(start + (stop - start) * share, step)
