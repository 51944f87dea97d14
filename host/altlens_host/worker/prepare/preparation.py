"""The steps of preparing a model: make the graphs, compare them with the original, keep them."""

from __future__ import annotations

import functools
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnxruntime

from altlens_host.errors import AltlensError
from altlens_host.models.catalogue import Model
from altlens_host.worker.engines.generation import choices_needed
from altlens_host.worker.engines.generation_config import read_generation_config
from altlens_host.worker.engines.onnx import Graphs
from altlens_host.worker.engines.prepared import PreparedGraphs
from altlens_host.worker.engines.reference import ReferenceGraphs, decoders_of, encoder_of
from altlens_host.worker.engines.sessions import open_session
from altlens_host.worker.engines.threads import thread_count
from altlens_host.worker.model_files import digest_of, read_config
from altlens_host.worker.prepare import checking
from altlens_host.worker.prepare.family import is_vit_with_gpt2
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.rewriting import Rewriting
from altlens_host.worker.prepare.surgery import Surgery
from altlens_host.worker.prepare.vocabulary import write_words
from altlens_host.worker.prepare.way import Progress, Way
from altlens_host.worker.prepared_files import CARD, FILES, FOLDER, FORMAT, WORDS
from altlens_host.worker.processor import read_image_processor

_QUANTIZED, _FLOATS = ("_quantized",), ("",)


class Preparation:
    """The preparation of one model in one variant."""

    def __init__(self, model: Model, variant: str, threads: int, progress: Progress) -> None:
        """Read what lies beside the graphs.

        Args:
            model: It.
            variant: One of VARIANTS.
            threads: How many to use for the comparison; 0 means as many as help.
            progress: Is told how far it is.

        Raises:
            RefusedError: The model is of a kind that cannot be prepared.
            ModelMissingError: A file is not there.
            ModelBrokenError: A file cannot be used.
        """
        self._model, self._variant, self._progress = model, variant, progress
        self._config = read_config(model.path / "config.json")
        settings = read_config(model.path / "preprocessor_config.json")
        self._processor = read_image_processor(settings)
        generation = model.path / "generation_config.json"
        said = read_config(generation) if generation.exists() else {}
        self._generation = read_generation_config(said, self._config)
        self._way: Way
        if is_vit_with_gpt2(self._config):
            self._way = Rewriting(self._config, self._processor, self._generation, variant)
        else:
            self._way = Surgery(self._processor, variant)
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
            self._way.write(encoder, decoders, self._new, self._progress)
            checked = self._checked()
            self._finish(sources, checked)
        finally:
            shutil.rmtree(self._new, ignore_errors=True)
        return checked

    def _sources(self, paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
        self._progress(0.0, "reading")
        sources = {}
        for path in paths:
            name, digest = path.relative_to(self._model.path).as_posix(), digest_of(path)
            if self._model.files.get(name, digest) != digest:
                raise RefusedError(f"{name} is not the file that was declared.")
            sources[name] = {"sha256": digest, "size": path.stat().st_size}
        return sources

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
            reference = self._reference(self._model.path, _QUANTIZED)
            return checking.same_tokens(
                self._prepared(), reference, self._generation, self._comparing
            )
        self._progress(0.3, "measuring the original")
        floats = self._reference(self._model.path, _FLOATS)
        teacher = checking.Teacher(floats, self._generation.start)
        del floats
        self._progress(0.6, "measuring the hub's quantized graphs")
        q8, _ = teacher.error(self._quantized())
        self._progress(0.85, "measuring the prepared graphs")
        error, same = teacher.error(self._prepared())
        if error > checking.MOST_ERROR * q8:
            raise RefusedError(
                f"The prepared graphs' error is {error:.4f}, more than {checking.MOST_ERROR} times "
                f"that of the hub's quantized graphs, {q8:.4f}."
            )
        pictures = checking.FORCED_PICTURES
        return {"pictures": pictures, "error": error, "q8_error": q8, "same_top_token": same}

    def _comparing(self, share: float) -> None:
        self._progress(0.3 + 0.65 * share, "comparing")

    def _prepared(self) -> Graphs:
        def opened(path: Path) -> onnxruntime.InferenceSession:
            return self._open(path, as_it_is=path.name not in self._way.optimize)

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
        self._progress(0.95, "finishing")
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
            "optimize": self._way.optimize,
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
