"""A database on a disk that fills up."""

import os
import time

from machine import expect, wait_until
from vedette import DIGITS, SYSLOG_TEXT, Vedette, syslog_rule

SMALL = "2m"
LARGE = "256m"
# Evidence of such lines is more than the small disk holds.
PADDING = "x" * 20_000


class GrowingLog:
    """A syslog file that grows by appending, with as many bytes a line as asked."""

    def __init__(self, machine):
        self.path = machine.write("growing.log", b"")
        self.count = 0

    def append(self, count, padding=""):
        stamp = time.strftime("%b %e %H:%M:%S", time.gmtime())
        with open(self.path, "a", encoding="utf-8") as file:
            for number in range(self.count + 1, self.count + count + 1):
                text = SYSLOG_TEXT.format(digit=number % 10, number=number)
                file.write(f"{stamp} testhost vedette-check[7]: {text} {padding}\n")
        self.count += count

    def check_all_caught(self, vedette):
        row = vedette.sources()[self.path]
        got = (row["records"], row["dead_letters"])
        expect(got == (self.count, 0), f"records, dead letters {got}, not {(self.count, 0)}")
        for digit in DIGITS:
            found = vedette.finding_count(syslog_rule(digit))
            wanted = len(range((digit - 1) % 10 + 1, self.count + 1, 10))
            expect(found == wanted, f"{found} of {wanted} lines ending in {digit} were found")


def filled_while_running(machine, binary):
    """a run whose disk fills up says which and what to do, and loses nothing once there is space"""
    disk = machine.mount("disk", SMALL)
    vedette = Vedette(machine, binary, os.path.join(disk, "vedette.db"))
    log = GrowingLog(machine)
    log.append(200)
    process = vedette.run(log.path)
    vedette.wait_for_records(log.count, process)
    log.append(1_500, PADDING)
    wait_until(
        "an end or a word about the full disk",
        lambda: not process.is_running or says_full(process, vedette),
        60,
    )
    if not process.is_running:
        expect_ended_for_full_disk(process, vedette)
    else:
        said = vedette.doctor()
        expect("waits" in said and "the disk is full" in said, f"doctor says only:\n{said}")
    expect(vedette.record_count() < log.count, "the disk was large enough for all")
    machine.resize(disk, LARGE)
    if not process.is_running:
        process = vedette.run(log.path)
    log.append(100)
    vedette.wait_for_records(log.count, process)
    vedette.stop(process)
    log.check_all_caught(vedette)


def filled_while_replaying(machine, binary):
    """a replay whose disk fills up ends saying so, and works again once there is space"""
    disk = machine.mount("disk", SMALL)
    vedette = Vedette(machine, binary, os.path.join(disk, "vedette.db"))
    log = GrowingLog(machine)
    log.append(1_500, PADDING)
    process = vedette.replay(log.path)
    expect_ended_for_full_disk(process, vedette)
    machine.resize(disk, LARGE)
    process = vedette.replay(log.path)
    expect(process.child.returncode == 0, f"no good end with space\n{process.ending}")
    log.check_all_caught(vedette)


def full_from_the_beginning(machine, binary):
    """a run and a replay on a disk that is full from the beginning end saying so"""
    disk = machine.mount("disk", SMALL)
    with open(os.path.join(disk, "filler"), "wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4_096):
                pass
        except OSError:
            pass
    vedette = Vedette(machine, binary, os.path.join(disk, "vedette.db"))
    log = GrowingLog(machine)
    log.append(20)
    expect_ended_for_full_disk(vedette.replay(log.path), vedette)
    process = vedette.run(log.path)
    process.wait(20)
    expect_ended_for_full_disk(process, vedette)
    os.remove(os.path.join(disk, "filler"))
    process = vedette.run(log.path)
    vedette.wait_for_records(log.count, process)
    vedette.stop(process)
    log.check_all_caught(vedette)


def says_full(process, vedette):
    """Whether it named the database, what is wrong and what to do."""
    said = process.errors
    return vedette.database in said and "full" in said and "space" in said


def expect_ended_for_full_disk(process, vedette):
    code = process.child.returncode
    expect(code > 0 and code != 70, f"no orderly end on a full disk\n{process.ending}")
    expect(says_full(process, vedette), f"nothing said of the full disk\n{process.ending}")


CASES = [filled_while_running, filled_while_replaying, full_from_the_beginning]
