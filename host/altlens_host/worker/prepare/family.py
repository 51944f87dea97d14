"""What config.json says of an encoder-decoder of the family that can be prepared: ViT and GPT-2.

Names and defaults are those of transformers' ViTConfig and GPT2Config.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from altlens_host.worker.prepare.refusal import RefusedError

ACTIVATIONS = {
    "gelu": "Gelu",
    "gelu_new": "FastGelu",
    "gelu_fast": "FastGelu",
    "gelu_pytorch_tanh": "FastGelu",
    "quick_gelu": "QuickGelu",
    "relu": "Relu",
}
"""Which operation of ONNX or onnxruntime each is."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of one half of a model.

    Attributes:
        layers: How many.
        heads: Of attention, in each layer.
        width: Of the hidden states.
        epsilon: Of its layer normalisations.
        activation: The operation between the two halves of each feed-forward part.
    """

    layers: int
    heads: int
    width: int
    epsilon: float
    activation: str

    @property
    def head_width(self) -> int:
        """How wide one head is."""
        return self.width // self.heads


@dataclass(frozen=True, slots=True)
class Family:
    """The sizes of a whole model.

    Attributes:
        encoder: A ViT.
        decoder: A GPT-2 with cross-attention.
        image: The side of the picture, in pixels.
        patch: The side of one patch, in pixels.
    """

    encoder: Shape
    decoder: Shape
    image: int
    patch: int


def is_vit_with_gpt2(config: Mapping[str, Any]) -> bool:
    """Say whether config.json says that it is of this family, whatever else it says."""
    kinds = [
        part.get("model_type") if isinstance(part := config.get(name), dict) else None
        for name in ("encoder", "decoder")
    ]
    return kinds == ["vit", "gpt2"]


def read_family(config: Mapping[str, Any]) -> Family:
    """Read config.json.

    Raises:
        RefusedError: It is of another family, or does not name a size.
    """
    encoder, decoder = _part(config, "encoder", "vit"), _part(config, "decoder", "gpt2")
    _only(encoder, "qkv_bias", True)
    _only(decoder, "scale_attn_weights", True)
    _only(decoder, "scale_attn_by_inverse_layer_idx", False)
    family = Family(
        _shape(
            encoder,
            ("num_hidden_layers", "num_attention_heads", "hidden_size"),
            _number(encoder, "layer_norm_eps", 1e-12),
            encoder.get("hidden_act", "gelu"),
            (12, 12, 768),
        ),
        _shape(
            decoder,
            ("n_layer", "n_head", "n_embd"),
            _number(decoder, "layer_norm_epsilon", 1e-5),
            decoder.get("activation_function", "gelu_new"),
            (12, 12, 768),
        ),
        _size(encoder, "image_size", 224),
        _size(encoder, "patch_size", 16),
    )
    if family.encoder.width != family.decoder.width:
        raise RefusedError("The encoder is not as wide as the decoder.")
    if family.image % family.patch:
        raise RefusedError("The picture is no whole number of patches wide.")
    return family


def _part(config: Mapping[str, Any], name: str, wanted: str) -> Mapping[str, Any]:
    part = config.get(name)
    kind = part.get("model_type") if isinstance(part, dict) else None
    if not isinstance(part, dict) or kind != wanted:
        raise RefusedError(
            f"The {name} is of the kind {str(kind)[:40]!r}; only {wanted!r} can be prepared."
        )
    return part


def _shape(
    part: Mapping[str, Any],
    names: tuple[str, str, str],
    epsilon: float,
    activation: object,
    defaults: tuple[int, int, int],
) -> Shape:
    layers, heads, width = (
        _size(part, name, default) for name, default in zip(names, defaults, strict=True)
    )
    if width % heads:
        raise RefusedError(f"{names[2]} is no multiple of {names[1]}.")
    if activation not in ACTIVATIONS:
        raise RefusedError(f"The activation {str(activation)[:40]!r} is not known.")
    return Shape(layers, heads, width, epsilon, ACTIVATIONS[str(activation)])


def _size(part: Mapping[str, Any], name: str, default: int) -> int:
    value = part.get(name, default)
    if type(value) is not int or not 1 <= value <= 1 << 20:
        raise RefusedError(f"config.json: {name} is no size.")
    return value


def _number(part: Mapping[str, Any], name: str, default: float) -> float:
    value = part.get(name, default)
    if type(value) not in (int, float) or not 0 < value < 1:
        raise RefusedError(f"config.json: {name} is no number from 0 to 1.")
    return float(value)


def _only(part: Mapping[str, Any], name: str, wanted: bool) -> None:
    if part.get(name, wanted) is not wanted:
        raise RefusedError(f"config.json: {name} other than {wanted} cannot be prepared.")
