"""A tiny VisionEncoderDecoderModel that was really trained: ViT and GPT-2, as distilvit is.

`python -m contract.trained_model OUT.zip` (with tests/ on PYTHONPATH and torch installed) trains
it in about a minute and packs the hub layout, in fp32 and quantized, merged and split. The result
lies in tests/fixtures/trained.zip, so that the contract is tested without torch.
"""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from contract.drawn import KINDS, caption_of, draw

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "trained.zip"
SIDE, PATCH, WIDTH, HEADS, LAYERS = 32, 8, 32, 4, 2
STEPS, BATCH = 600, 48
LONGEST = 12
END = "<|endoftext|>"
GENERATION = {
    "max_length": LONGEST,
    "num_beams": 2,
    "no_repeat_ngram_size": 3,
}


def unpack(folder: Path) -> Path:
    """Unpack the trained model that lies among the fixtures."""
    with zipfile.ZipFile(FIXTURE) as packed:
        packed.extractall(folder)
    return folder


def train(checkpoint: Path) -> Path:
    """Train the model from nothing, the same each time, and save it as transformers does."""
    import torch
    import transformers

    torch.manual_seed(7)
    torch.set_num_threads(1)
    tokenizer = _tokenizer()
    model = _model(transformers, tokenizer.get_vocab_size())
    processor = _processor(transformers)
    random = np.random.default_rng(7)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=STEPS)
    for _ in range(STEPS):
        kinds = [KINDS[at] for at in random.integers(0, len(KINDS), BATCH)]
        pixels = processor([draw(kind, random) for kind in kinds], return_tensors="pt").pixel_values
        words = torch.tensor([_padded(tokenizer, caption_of(kind)) for kind in kinds])
        # By hand: transformers 4.57 shifts the labels of this family twice.
        logits = model(pixel_values=pixels, decoder_input_ids=words[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), words[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    sys.stderr.write(f"loss {loss.item():.4f}\n")
    _save(model.eval(), tokenizer, processor, checkpoint, transformers)
    return checkpoint


def export(checkpoint: Path, folder: Path) -> Path:
    """Make the hub layout of it with `altlens-train export`, without the split floats."""
    from altlens_training.export_checkpoint import export_checkpoint

    made = export_checkpoint(checkpoint, folder, "Apache-2.0")
    card = json.loads((made / "altlens.json").read_text(encoding="utf-8"))
    for name in ("onnx/decoder_model.onnx", "onnx/decoder_with_past_model.onnx"):
        (made / name).unlink()
        del card["files"][name]
    (made / "altlens.json").write_text(json.dumps(card, indent=1), encoding="utf-8")
    return made


def _tokenizer() -> Any:
    import tokenizers
    from tokenizers import decoders, models, pre_tokenizers, trainers

    made = tokenizers.Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(
        [caption_of(kind) for kind in KINDS],
        trainers.BpeTrainer(vocab_size=90, special_tokens=[END], show_progress=False),
    )
    return made


def _padded(tokenizer: Any, text: str) -> list[int]:
    tokens = [0, *tokenizer.encode(text).ids]
    return [*tokens, *[0] * (LONGEST - len(tokens))]


def _model(transformers: Any, vocabulary: int) -> Any:
    encoder = transformers.ViTConfig(
        hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=2 * WIDTH, image_size=SIDE, patch_size=PATCH,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    decoder = transformers.GPT2Config(
        vocab_size=vocabulary, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, n_positions=32,
        add_cross_attention=True, is_decoder=True, bos_token_id=0, eos_token_id=0,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
    )  # fmt: skip
    joined = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs
    config = joined(encoder, decoder)
    config.decoder_start_token_id = config.pad_token_id = config.eos_token_id = 0
    return transformers.VisionEncoderDecoderModel(config)


def _processor(transformers: Any) -> Any:
    half = [0.5, 0.5, 0.5]
    size = {"height": SIDE, "width": SIDE}
    return transformers.ViTImageProcessor(size=size, image_mean=half, image_std=half)


def _save(model: Any, tokenizer: Any, processor: Any, checkpoint: Path, transformers: Any) -> None:
    model.generation_config = transformers.GenerationConfig(
        decoder_start_token_id=0, bos_token_id=0, eos_token_id=0, pad_token_id=0, **GENERATION
    )
    model.save_pretrained(checkpoint)
    processor.save_pretrained(checkpoint)
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=END, eos_token=END, pad_token=END, unk_token=END
    ).save_pretrained(checkpoint)


def pack(folder: Path, target: Path) -> None:
    """Pack a folder, the same bytes for the same files."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        place = export(train(Path(made, "checkpoint")), Path(made, "trained"))
        pack(place, Path(sys.argv[1]))
        card = json.loads((place / "altlens.json").read_text(encoding="utf-8"))
        sys.stderr.write(f"{card['id']} {card['revision']}\n")
