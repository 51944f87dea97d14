"""The golden self-test: drawn pictures, and what the reference engine said of them once.

A model whose files are as declared may still say something else than its author's: the declared
file may be the wrong one, the runtime may be broken, a quantization bad. So for each revision the
captions of drawn pictures are recorded where the model is known to be right, and compared where
it is used (docs/decisions/0111-golden-self-test.md). Runs as `python -m altlens_host.worker
golden check|record FOLDER`.
"""
