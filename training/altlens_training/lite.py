"""The whole recipe of the embedded model: data to finished folder."""

from __future__ import annotations

from pathlib import Path

from altlens_training import figures
from altlens_training.captioners import OnnxModel
from altlens_training.card import write_card
from altlens_training.data import load_corpus
from altlens_training.dataset import Dataset
from altlens_training.export import export_decoder, export_encoder, write
from altlens_training.hub import DECODER, ENCODER, write_checksums, write_small_files
from altlens_training.model import Captioner
from altlens_training.quantize import quantize_weights
from altlens_training.recipe import Recipe
from altlens_training.train import Trainer, resume


def make_lite(data: Path, out: Path, recipe: Recipe, resumed: bool) -> Path:
    """Train, export, quantize and measure; returns the folder of the model, in hub layout.

    `out` keeps the feature cache, the checkpoint, the TensorBoard log, the float graphs and
    figures.json beside the model. With `resumed`, a checkpoint of the same recipe is gone on from.

    Raises:
        ValueError: the data folder has no pictures, or malformed ones.
    """
    corpus = load_corpus(data)
    dataset = Dataset(corpus, recipe, out / "features")
    trainer = Trainer(dataset, recipe, out)
    if resumed:
        resume(trainer)
    model = trainer.run()
    write_model(model, dataset, recipe, out)
    whole = OnnxModel(out / "float/encoder.onnx", out / "float/decoder.onnx", recipe)
    folder = out / "model"
    quantized = OnnxModel(folder / ENCODER, folder / DECODER, recipe)
    result = figures.measure(quantized, whole, dataset.tokenizer, corpus, recipe)
    counts = {
        "flickr": sum("flickr8k" in p.path.parts for p in corpus.train),
        "coco": sum("coco" in p.path.parts for p in corpus.train),
        "labelled": len(dataset.labelled),
    }
    write_card(folder, recipe.to_dict(), result, counts)
    return folder


def write_model(model: Captioner, dataset: Dataset, recipe: Recipe, out: Path) -> None:
    """The float graphs into `out/float`, the hub layout into `out/model`."""
    folder = out / "model"
    encoder, decoder = export_encoder(model, recipe), export_decoder(model, recipe)
    write(encoder, out / "float/encoder.onnx")
    write(decoder, out / "float/decoder.onnx")
    write(quantize_weights(encoder), folder / ENCODER)
    write(quantize_weights(decoder), folder / DECODER)
    write_small_files(folder, recipe, dataset.tokenizer)
    write_checksums(folder)
