"""The worker on a graphics card that is lost, for tests on a machine that has none.

Run as `python lost_card.py GOOD …` with the worker's arguments. What onnxruntime does with a card
is done on the processor; from the encoder's run after the first GOOD ones on, it fails with
onnxruntime's own exception. All else is the worker as it is.
"""

from __future__ import annotations

import sys
from typing import Any

from altlens_host.worker import sandbox

CARD = "CUDAExecutionProvider"


def lose(good: int) -> None:
    """Put the card in; onnxruntime is imported here, when the worker is shut in already."""
    import onnxruntime
    from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException

    plain, available = onnxruntime.InferenceSession, onnxruntime.get_available_providers
    left = [good]

    class OnCard:
        """A session on the card."""

        def __init__(self, path: str, options: Any, providers: list[Any], **more: Any) -> None:
            on_cpu = [one for one in providers if one[0] != CARD]
            self._card = on_cpu != providers
            self._encoder = "encoder" in str(path)
            self._session = plain(path, options, providers=on_cpu, **more)

        def get_providers(self) -> list[str]:
            return [*([CARD] if self._card else []), *self._session.get_providers()]

        def __getattr__(self, name: str) -> Any:
            found = getattr(self._session, name)
            if not (self._card and self._encoder and name.startswith("run")):
                return found

            def run(*arguments: Any, **more: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    raise RuntimeException("CUDA failure 999: unknown error ; GPU=0")
                return found(*arguments, **more)

            return run

    onnxruntime.InferenceSession = OnCard
    onnxruntime.get_available_providers = lambda: [CARD, *available()]


def main(argv: list[str]) -> int:
    """Run the worker."""
    from altlens_host.worker import __main__

    enter = sandbox.enter

    def entered(needs: sandbox.Needs) -> frozenset[str]:
        held = enter(needs)
        lose(int(argv[0]))
        return held

    sandbox.enter = entered
    return __main__.main(argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
