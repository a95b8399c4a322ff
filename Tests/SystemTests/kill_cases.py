"""Killing `vedette run` at any moment: what it committed is what an undisturbed run gives."""

import os
import random
import shutil
import subprocess
import time

from machine import IS_LONG, Failed, LeftOut, expect, wait_until
from vedette import Vedette

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# One log each: of several logs the order in which their lines come is part of the input.
SAMPLES = [
    "ssh-brute-force/auth.log",
    "web-shell/access.log",
    "llmjacking/cloudtrail.ndjson",
]
KILLS = 200 if IS_LONG else 24
SEED = int(os.environ.get("VEDETTE_SEED", "1"))
# The writes of a run are about 300; every one of them in the long form.
WRITE_STEP = 1 if IS_LONG else 24
SMALL_LINES = 400


def sample_lines(name, count=None):
    """The lines of a sample log, in a past year so that no time is ahead of the clock."""
    with open(os.path.join(ROOT, "sample-logs", name), "rb") as file:
        return [line.replace(b"2026", b"2024") for line in file.readlines()[:count]]


class Killed:
    """A log that is written, rotated and cut short while its reader is killed."""

    def __init__(self, machine, binary, lines, name, references=None):
        self.machine = machine
        # What undisturbed runs gave, by the number of lines.
        self.references = {} if references is None else references
        self.lines = lines
        self.written = 0
        self.log = os.path.join(machine.make_folder(f"{name}-log"), "a.log")
        self.vedette = Undisturbed(machine, binary, os.path.join(machine.make_folder(name), "v.db"))
        open(self.log, "wb").close()

    def write(self, count, chance):
        """Appends whole lines, in two writes cut anywhere."""
        part = b"".join(self.lines[self.written : self.written + count])
        self.written = min(len(self.lines), self.written + count)
        cut = chance.randrange(len(part) + 1)
        for piece in (part[:cut], part[cut:]):
            with open(self.log, "ab") as file:
                file.write(piece)
            time.sleep(chance.uniform(0, 0.01))

    def rotate(self, chance):
        """Renames the log away and makes a new one, or copies it and cuts it short."""
        # Before the first commit the log was never followed, and its older parts are left out.
        is_known = self.vedette.query("SELECT 1 FROM checkpoint")
        if not os.path.getsize(self.log) or not is_known:
            return
        for number in range(50, 0, -1):
            if os.path.exists(f"{self.log}.{number}"):
                os.rename(f"{self.log}.{number}", f"{self.log}.{number + 1}")
        if chance.random() < 0.5:
            os.rename(self.log, self.log + ".1")
            open(self.log, "wb").close()
        else:
            shutil.copy(self.log, self.log + ".1")
            os.truncate(self.log, 0)

    def check(self, count):
        """Whether what is committed is what an undisturbed run over so many lines gives."""
        if count not in self.references:
            self.references[count] = self.reference(count)
        return self.vedette.exported() == self.references[count]

    def reference(self, count):
        folder = self.machine.make_folder("reference")
        try:
            path = os.path.join(folder, "whole.log")
            with open(path, "wb") as file:
                file.write(b"".join(self.lines[:count]))
            alone = Undisturbed(
                self.machine, self.vedette.command[-1], os.path.join(folder, "v.db")
            )
            process = alone.run(path)
            alone.wait_for_records(count, process)
            alone.stop(process)
            return alone.exported()
        finally:
            shutil.rmtree(folder)

    def finish(self):
        """Lets a run read the rest in peace."""
        process = self.vedette.run(self.log)
        self.vedette.wait_for_records(self.written, process)
        self.vedette.stop(process)


class Undisturbed(Vedette):
    """The rules of the binary, a fixed year, and the canonical export."""

    def run_arguments(self, paths):
        return ["run", "--year", "2024", "--db", self.database, *paths]

    def exported(self):
        arguments = ["incidents", "export", "-o", "ndjson", "--db", self.database]
        done = self.machine.finish("export", [*self.command, *arguments])
        expect(done.child.returncode == 0, f"no export\n{done.ending}")
        with open(done.output_path, "rb") as file:
            return file.read()


class Tally:
    """Kills, and what they did."""

    def __init__(self):
        self.kills = self.lost = self.twice = self.identical = 0

    def take(self, killed, what):
        """Compares what a kill left with an undisturbed run over as many lines."""
        self.kills += 1
        count = killed.vedette.record_count()
        if count == 0 or killed.check(count):
            self.identical += 1
            return
        print(f"        after {what}: {count} records are not what a run in peace gives")

    def end(self, killed, what):
        count = killed.vedette.record_count()
        self.lost += max(0, killed.written - count)
        self.twice += max(0, count - killed.written)
        expect(killed.check(killed.written), f"{what}: the export is not that of a run in peace")

    def text(self):
        return (
            f"{self.kills} kills, {self.lost} lost, {self.twice} twice, {self.identical} identical"
        )

    def expect_good(self):
        good = self.lost == self.twice == 0 and self.identical == self.kills
        expect(good, self.text())
        return self.text()


def killed_at_random(machine, binary):
    """killed at random moments while its log is written and rotated, a run is exact"""
    tally = Tally()
    for number, name in enumerate(SAMPLES):
        chance = random.Random(SEED * 100 + number)
        killed = Killed(machine, binary, sample_lines(name), f"random-{number}")
        for kill in range(KILLS // len(SAMPLES) + (number < KILLS % len(SAMPLES))):
            process = killed.vedette.run(killed.log)
            end = time.monotonic() + chance.uniform(0.02, 0.5)
            while time.monotonic() < end:
                killed.write(chance.randrange(8), chance)
                time.sleep(chance.uniform(0, 0.05))
            process.kill()
            tally.take(killed, f"kill {kill} of {name}, seed {SEED}")
            if chance.random() < 0.2:
                killed.rotate(chance)
        killed.finish()
        tally.end(killed, f"{name}, seed {SEED}")
    return tally.expect_good() + f" (seed {SEED})"


def strace(machine, *injection):
    """The command that runs another one with injected faults."""
    if not shutil.which("strace"):
        raise LeftOut("strace is not here")
    probe = ["strace", "-f", "-o", "/dev/null", "-e", "trace=none", "true"]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LeftOut(f"ptrace is not permitted here ({done.stderr.strip()[:100]})")
    return ["strace", "-f", "-qq", "-o", machine.path("strace.out"), *injection]


def killed_at_writes(machine, binary):
    """killed at the n-th write to its database, a run is exact, for every n"""
    tally = Tally()
    lines = sample_lines(SAMPLES[0], SMALL_LINES)
    call = "pwrite64"
    number = 1
    references = {}
    while True:
        killed = Killed(machine, binary, lines, f"writes-{number}", references)
        killed.write(len(lines), random.Random(number))
        database = killed.vedette.database
        paths = [f"-P{database}{suffix}" for suffix in ("", "-wal", "-shm", ".lock", "-journal")]
        inject = f"inject={call}:signal=KILL:when={number}"
        prefix = strace(machine, "-e", f"trace={call}", *paths, "-e", inject)
        process = machine.start(
            "vedette", [*prefix, *killed.vedette.command, *killed.vedette.run_arguments([killed.log])]
        )
        wait_until(
            "the kill or the end of reading",
            lambda: not process.is_running or killed.vedette.record_count() >= len(lines),
            60,
        )
        is_unhurt = process.is_running
        if is_unhurt:
            stop_traced(machine, process)
        is_unhurt = is_unhurt and process.child.returncode == 0
        if not is_unhurt:
            tally.take(killed, f"the kill at write {number}")
        killed.finish()
        tally.end(killed, f"write {number}")
        shutil.rmtree(os.path.dirname(killed.log))
        shutil.rmtree(os.path.dirname(database))
        if is_unhurt:
            break
        number += WRITE_STEP
        expect(number < 5_000, "there is no end of writes")
    expect(tally.kills > 0, "nothing was killed")
    return tally.expect_good() + f" (each {WRITE_STEP}. of {number - WRITE_STEP} writes)"


def stop_traced(machine, process):
    """Stops what runs below strace, which hands signals on to nobody."""
    with open(f"/proc/{process.child.pid}/task/{process.child.pid}/children", encoding="ascii") as file:
        children = file.read().split()
    for child in children:
        machine.call(["kill", "-TERM", child])
    try:
        process.wait(30)
    except Failed:
        process.kill()


CASES = [killed_at_random, killed_at_writes]
