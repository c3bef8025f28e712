#!/usr/bin/env python3
"""What cairn-pull does without a cluster; with one, RealPullTest looks at it."""

import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
PROGRAM = pathlib.Path(__file__).parent.parent / "bin" / "cairn-pull"


def load():
    loader = importlib.machinery.SourceFileLoader("cairn_pull", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("cairn_pull", loader))
    loader.exec_module(module)
    return module


class Ending(unittest.TestCase):
    def test_a_playbook_that_takes_too_long_ends_with_what_it_started_in_other_sessions(self):
        pull = load()
        run = object.__new__(pull.Run)
        run.settings = {"timeout-seconds": "1"}
        process = subprocess.Popen(["sh", "-c", "setsid sleep 60 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
        task = int(process.stdout.readline())
        process.stdout.close()
        self.assertIn(task, pull.children().get(process.pid, []))
        self.assertLess(run.wait(process), 0)
        deadline = time.monotonic() + 10
        while self.is_running(task):
            self.assertLess(time.monotonic(), deadline, "it was not ended")
            time.sleep(0.01)

    @staticmethod
    def is_running(pid):
        try:
            state = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        return state not in "ZX"


if __name__ == "__main__":
    unittest.main()
