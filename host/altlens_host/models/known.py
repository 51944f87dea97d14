"""The catalogue: the models that altlens knows by name. Frozen; no other place names a revision."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

DEFAULT = "distilvit"
"""Captions everything once it is installed, unless the user chose another."""

SHIPPED = "lite"
"""Ships with altlens, and captions everything until then."""


class Entry(NamedTuple):
    """A model that altlens knows by name.

    Attributes:
        id: Its name.
        repo: Its repository on the hub, `owner/name`; empty for one that ships with altlens.
        revision: A commit, or a tag that is resolved to a commit when it is installed. Never a
            branch: what it holds tomorrow nobody knows.
        licence: An SPDX expression.
        purpose: What it is for, in a few words.
        sizes: About how many bytes its files have, by their paths in the repository.
        digests: The SHA-256 of files whose bytes were known when this was written, in
            hexadecimal, by the commit (or the beginning of one) and the path.
    """

    id: str
    repo: str
    revision: str
    licence: str
    purpose: str
    sizes: Mapping[str, int]
    digests: Mapping[str, Mapping[str, str]] = MappingProxyType({})

    def digest(self, commit: str, name: str) -> str:
        """Return the SHA-256 that a file has at a commit; empty where that is not known."""
        known = (files for begin, files in self.digests.items() if commit.startswith(begin))
        return next((files[name] for files in known if name in files), "")


_DISTILVIT = "mozilla/distilvit"

# Sizes: the hub's listing of mozilla/distilvit, in megabytes.
_SIZES = MappingProxyType(
    {
        "onnx/encoder_model_quantized.onnx": 87_000_000,
        "onnx/decoder_model_merged_quantized.onnx": 99_800_000,
        "onnx/encoder_model.onnx": 343_000_000,
        "onnx/decoder_model_merged.onnx": 387_000_000,
    }
)

_ENTRIES = (
    Entry(
        DEFAULT,
        _DISTILVIT,
        "v0.5.0",
        "Apache-2.0",
        "Mozilla's captioner, as Firefox uses it; for daily use",
        _SIZES,
        MappingProxyType(
            {
                "2963c42": MappingProxyType(
                    {
                        "onnx/decoder_model_merged_quantized.onnx": (
                            "0c66eda97aa444b17357dfba1c9827abc7824d6fd905dd28f097f74ddef02943"
                        )
                    }
                )
            }
        ),
    ),
    Entry(
        "distilvit-coco",
        _DISTILVIT,
        "3083a3cef6e3c8dd90df3f088074bbe836b0f403",
        "Apache-2.0",
        "its first training, on Flickr30k and COCO; to compare with",
        _SIZES,
    ),
    Entry(
        SHIPPED,
        "",
        "",
        "Apache-2.0",
        "ships with altlens; small, and less exact",
        MappingProxyType({}),
    ),
)

ENTRIES: Mapping[str, Entry] = MappingProxyType({one.id: one for one in _ENTRIES})
"""Every model that altlens knows, by its name."""
