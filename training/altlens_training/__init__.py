"""The recipe that makes the embedded model, and the figures that judge any model."""

import os

# Before anything can import onnxruntime: docs/decisions/0011-no-telemetry.md.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
