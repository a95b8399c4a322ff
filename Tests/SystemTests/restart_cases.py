"""Stopping, killing and doubling `vedette run` while real writers go on."""

import os
import random

from machine import expect, wait_until
from rotation_cases import COMPRESSED_AT_ONCE, COMPRESSED_LATER
from vedette import Vedette
from writers import Syslog, Traffic, Web


def stopped_and_started(machine, binary):
    """a run that is stopped with SIGTERM in traffic continues where it was"""
    writer = Web(machine)
    vedette = Vedette(machine, binary)
    with Traffic(writer) as traffic:
        for _ in range(3):
            process = vedette.run(*writer.logs)
            goal = vedette.record_count() + 100
            vedette.wait_for_records(goal, process)
            vedette.stop(process)
            traffic.more(100)
    writer.wait_written()
    process = vedette.run(*writer.logs)
    vedette.wait_for_records(writer.line_count(), process)
    vedette.stop(process)
    writer.check_all_caught(vedette)


def killed_in_traffic(machine, binary):
    """a run that is killed again and again in traffic loses and repeats nothing"""
    writer = Syslog(machine)
    vedette = Vedette(machine, binary)
    chance = random.Random(1)
    with Traffic(writer) as traffic:
        for _ in range(5):
            process = vedette.run(*writer.logs)
            goal = vedette.record_count() + chance.randrange(1, 400)
            vedette.wait_for_records(goal, process)
            process.kill()
            traffic.more(50)
    writer.wait_written()
    process = vedette.run(*writer.logs)
    vedette.wait_for_records(writer.line_count(), process)
    vedette.stop(process)
    writer.check_all_caught(vedette)


def rotated_while_down(machine, binary):
    """logs that are rotated and later compressed while a killed run is down are caught once"""
    killed_and_rotated(machine, binary, COMPRESSED_LATER)


def compressed_while_down(machine, binary):
    """logs that are rotated and compressed at once while a killed run is down are caught once"""
    killed_and_rotated(machine, binary, COMPRESSED_AT_ONCE)


def killed_and_rotated(machine, binary, options):
    writer = Syslog(machine)
    vedette = Vedette(machine, binary)
    for _ in range(2):
        process = vedette.run(*writer.logs)
        with Traffic(writer) as traffic:
            vedette.wait_for_records(vedette.record_count() + 200, process)
            process.kill()
            traffic.more(100)
        for _ in range(2):
            writer.wait_written()
            writer.rotate(options)
            writer.send(70)
        writer.wait_written()
    process = vedette.run(*writer.logs)
    vedette.wait_for_records(writer.line_count(), process)
    vedette.stop(process)
    writer.check_all_caught(vedette)


def second_process(machine, binary):
    """a second process on the same database is refused in a sentence, and the first goes on"""
    writer = Syslog(machine, ["traditional.log"])
    vedette = Vedette(machine, binary)
    process = vedette.run(*writer.logs)
    writer.send(100)
    writer.wait_written()
    vedette.wait_for_records(writer.line_count(), process)
    run = [*vedette.command, *vedette.run_arguments(writer.logs)]
    replay = [*vedette.command, *vedette.replay_arguments(writer.logs)]
    for arguments in (run, replay):
        expect_refused(vedette, machine.finish("second", arguments, seconds=15))
    writer.send(100)
    writer.wait_written()
    vedette.wait_for_records(writer.line_count(), process)
    vedette.stop(process)
    writer.check_all_caught(vedette)


def two_at_once(machine, binary):
    """of two processes that begin at once on a new database one goes on"""
    writer = Syslog(machine, ["traditional.log"])
    vedette = Vedette(machine, binary)
    processes = [vedette.run(*writer.logs) for _ in range(2)]
    wait_until("the end of one", lambda: not all(one.is_running for one in processes), 15)
    second, *rest = sorted(processes, key=lambda process: process.is_running)
    expect_refused(vedette, second)
    writer.send(100)
    writer.wait_written()
    vedette.wait_for_records(writer.line_count(), rest[0])
    vedette.stop(rest[0])
    writer.check_all_caught(vedette)


def expect_refused(vedette, process):
    """It ended with a status of its own and named the database."""
    code = process.child.returncode
    expect(code is not None and code > 0 and code != 70, f"not refused\n{process.ending}")
    name = os.path.basename(vedette.database)
    expect(name in process.errors, f"the refusal does not name '{name}'\n{process.ending}")


CASES = [
    stopped_and_started,
    killed_in_traffic,
    rotated_while_down,
    compressed_while_down,
    second_process,
    two_at_once,
]
