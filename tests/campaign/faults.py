"""What is done to workers while they work."""

from __future__ import annotations

import random
import resource
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import psutil

MOST_ANSWERS = 10
"""The most pictures that are answered between two faults."""


class Tormentor(threading.Thread):
    """Does something bad to a worker after every few pictures, until told to stop."""

    def __init__(self, workers: Callable[[], list[psutil.Process]], seed: int) -> None:
        """Wait to be started.

        Args:
            workers: Returns the workers there are now.
            seed: What to do to whom, and when, follows from it.
        """
        super().__init__(daemon=True)
        self.done: Counter[str] = Counter()
        self._workers = workers
        self._chance = random.Random(seed)
        self._enough = False
        self._answers = threading.Semaphore(0)

    def answered(self) -> None:
        """Count an answer: a slow machine is to see as many faults a picture as a fast one."""
        self._answers.release()

    def stop(self) -> None:
        """Stop, and wait until the last fault is over."""
        self._enough = True
        for _ in range(MOST_ANSWERS):
            self._answers.release()
        self.join()

    def run(self) -> None:
        """Torment."""
        faults = (self._kill, self._hang, self._pause, self._slow, self._starve)
        while True:
            for _ in range(self._chance.randint(1, MOST_ANSWERS)):
                self._answers.acquire()
            if self._enough:
                return
            time.sleep(self._chance.uniform(0, 0.05))  # in the middle of the next picture
            fault = self._chance.choice(faults)
            with suppress(psutil.Error, OSError, IndexError):
                fault(self._chance.choice(self._workers()))
                self.done[fault.__name__.strip("_")] += 1

    def _kill(self, worker: psutil.Process) -> None:
        worker.kill()

    def _hang(self, worker: psutil.Process) -> None:
        worker.suspend()

    def _pause(self, worker: psutil.Process) -> None:
        worker.suspend()
        time.sleep(self._chance.uniform(0.1, 0.8))
        worker.resume()

    def _slow(self, worker: psutil.Process) -> None:
        for _ in range(20):
            worker.suspend()
            time.sleep(0.04)
            worker.resume()
            time.sleep(0.01)

    def _starve(self, worker: psutil.Process) -> None:
        # Not one more byte: the next picture's memory is refused.
        size = worker.memory_info().vms
        worker.rlimit(resource.RLIMIT_AS, (size, size))
