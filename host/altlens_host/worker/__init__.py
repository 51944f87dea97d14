"""The worker: the process that decodes pictures and runs the model.

It is the only part of altlens that imports numpy, Pillow, tokenizers and an inference library.
Run as `python -m altlens_host.worker`; it speaks `worker_messages` over its stdin and stdout.
"""

import os

# From 1.29 on, onnxruntime has an uploader of telemetry on Linux and macOS too: it writes a device
# id and a database into the user's home, whatever is called after the import. This variable, read
# when the library is loaded, is its one full opt-out (docs/decisions/0011-no-telemetry.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
