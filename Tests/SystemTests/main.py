"""Runs the cases one after another and counts them; `run` beside this installs what they need."""

import os
import shutil
import signal
import sys
import tempfile
import time
import traceback

import disk_cases
import fault_cases
import hostile_cases
import kill_cases
import receive_cases
import restart_cases
import rotation_cases
import triage_cases
from machine import IS_LONG, Failed, LeftOut, Machine

TOTAL_SECONDS = 7_200 if IS_LONG else 600
MODULES = [
    rotation_cases,
    receive_cases,
    restart_cases,
    triage_cases,
    disk_cases,
    hostile_cases,
    kill_cases,
    fault_cases,
]


def binary_path():
    """The binary to test, as an absolute path."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    default = os.path.join(root, ".build", "release", "vedette")
    path = os.path.abspath(os.environ.get("VEDETTE_BINARY") or default)
    if not os.access(path, os.X_OK) or os.path.isdir(path):
        sys.exit(f"no binary at '{path}': run 'make build', or name one with VEDETTE_BINARY")
    return path


def selected_cases(words):
    cases = [case for module in MODULES for case in module.CASES]
    return [case for case in cases if not words or any(word in case.__doc__ for word in words)]


def run_case(case, folder, binary):
    """Runs a case in a folder of its own; returns what to print and whether it passed."""
    machine = Machine(folder)
    begin = time.monotonic()
    try:
        word, reason = "ok", case(machine, binary) or ""
    except LeftOut as why:
        word, reason = "left out", str(why)
    except Failed as failure:
        word, reason = "FAILED", str(failure)
    except Exception:  # a fault of the test itself must not hide the other cases
        word, reason = "FAILED", traceback.format_exc()
    finally:
        machine.close()
    lines = [f"{word:<8}{case.__doc__} ({time.monotonic() - begin:.1f} s)"]
    lines += [f"        {line}" for line in reason.splitlines()]
    return "\n".join(lines), word


def stop_on_signals():
    """Turns signals into an exit that cleans up, and ends what takes too long."""

    def leave(number, _frame):
        raise SystemExit(128 + number)

    def too_long(_number, _frame):
        raise Failed(f"all cases together took over {TOTAL_SECONDS} s")

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(TOTAL_SECONDS)


def main():
    binary = binary_path()
    cases = selected_cases(sys.argv[1:])
    begin = time.monotonic()
    counts = {"ok": 0, "FAILED": 0, "left out": 0}
    folder = tempfile.mkdtemp(prefix="vedette-")
    stop_on_signals()
    try:
        # Where other users reach it, and where a build going on doesn't replace it.
        os.chmod(folder, 0o755)
        binary = shutil.copy(binary, os.path.join(folder, "vedette"))
        for number, case in enumerate(cases):
            if time.monotonic() - begin < TOTAL_SECONDS:
                text, word = run_case(case, os.path.join(folder, str(number)), binary)
            else:
                text, word = f"FAILED  {case.__doc__}: no time was left", "FAILED"
            counts[word] += 1
            print(text, flush=True)
    finally:
        signal.alarm(0)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{counts['ok']} passed, {counts['FAILED']} failed")
    sys.exit(1 if counts["FAILED"] or not counts["ok"] else 0)


main()
