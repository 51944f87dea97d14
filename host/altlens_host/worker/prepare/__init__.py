"""Prepares a model once, so that each caption afterwards takes half the time.

From the graphs that the hub publishes, new ones are made for the same weights: the picture's keys
and values are computed once instead of with every token, no branch, fused operations, weights in
files that are mapped into memory (docs/decisions/0077-prepared-graphs.md). For a ViT with a GPT-2
they are written anew (`rewriting.py`), for other families the old ones are cut apart and joined
otherwise (`surgery.py`); what both do before and after is in `preparation.py`. Only `onnx`, numpy
and onnxruntime are needed. Runs as `python -m altlens_host.worker prepare FOLDER`.
"""
