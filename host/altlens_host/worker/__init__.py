"""The worker: the process that decodes pictures and runs the model.

It is the only part of altlens that imports numpy, Pillow, tokenizers and an inference library.
Run as `python -m altlens_host.worker`; it speaks `worker_messages` over its stdin and stdout.
"""
