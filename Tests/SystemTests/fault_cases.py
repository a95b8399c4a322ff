"""Faults of the disk and of other programs under the database of `vedette run`."""

import os
import shutil
import signal
import sqlite3
import time

from disk_cases import GrowingLog
from kill_cases import stop_traced, strace
from machine import IS_LONG, expect, wait_until
from vedette import Vedette

BUSY_SECONDS = 60 if IS_LONG else 14


def expect_sentence(process, vedette, *words):
    """It says what is wrong with which file and what to do."""
    said = process.errors
    for word in (vedette.database, *words):
        expect(word in said, f"'{word}' is not said\n{process.ending}")


def expect_waits(process, vedette, *words):
    """It says that it waits and why, also through `doctor`."""
    wait_until(
        "a word about waiting",
        lambda: "reading waits" in process.errors or not process.is_running,
        BUSY_SECONDS + 30,
    )
    expect(process.is_running, f"it ended\n{process.ending}")
    expect_sentence(process, vedette, *words)
    said = vedette.doctor()
    expect("waits" in said and all(word in said for word in words), f"doctor says only:\n{said}")


def begun(machine, binary, prefix=(), database=None):
    """A run that has committed its first lines."""
    vedette = Vedette(machine, binary, database)
    log = GrowingLog(machine)
    log.append(50)
    arguments = [*prefix, *vedette.command, *vedette.run_arguments([log.path])]
    process = machine.start("vedette", arguments)
    vedette.wait_for_records(log.count, process)
    return vedette, log, process


def other_writer(machine, binary):
    """while another program writes to the database a run waits, says so and goes on by itself"""
    vedette, log, process = begun(machine, binary)
    other = sqlite3.connect(vedette.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begin = time.monotonic()
    log.append(50)
    expect_waits(process, vedette, "another process is writing to it")
    time.sleep(max(0, BUSY_SECONDS - (time.monotonic() - begin)))
    other.execute("ROLLBACK")
    other.close()
    vedette.wait_for_records(log.count, process)
    wait_until("a word that it goes on", lambda: "goes on" in process.errors, 10)
    expect("waits" not in vedette.doctor(), "doctor still says that it waits")
    vedette.stop(process)
    log.check_all_caught(vedette)
    return f"{BUSY_SECONDS} s"


def input_output_error(machine, binary):
    """after errors of the disk while writing a run goes on by itself and has lost nothing"""
    return failing_call(machine, binary, "pwrite64", "EIO")


def failed_sync(machine, binary):
    """after a sync that failed a run goes on by itself and has lost nothing"""
    return failing_call(machine, binary, "fdatasync", "EIO") + failing_call(
        machine, binary, "fsync", "EIO"
    )


def failing_call(machine, binary, call, error):
    """Lets some calls in a row on the log of the database fail, once it is there."""
    database = os.path.join(machine.make_folder(f"{call}-state"), "v.db")
    vedette, log, process = begun(machine, binary, database=database)
    vedette.stop(process)
    first = 8 if call == "pwrite64" else 3
    inject = f"inject={call}:error={error}:when={first}..{first + 2}"
    prefix = strace(machine, "-e", f"trace={call}", f"-P{database}-wal", "-e", inject)
    arguments = [*prefix, *vedette.command, *vedette.run_arguments([log.path])]
    process = machine.start("vedette", arguments)
    for _ in range(6):
        log.append(20)
        vedette.wait_for_records(log.count, process)
    stop_traced(machine, process)
    expect(process.child.returncode == 0, f"no good end\n{process.ending}")
    with open(machine.path("strace.out"), encoding="utf-8", errors="replace") as file:
        failures = file.read().count("(INJECTED)")
    if failures:
        expect_sentence(process, vedette, "input/output error", "reading waits")
    log.check_all_caught(vedette)
    return f"{failures} failed {call} "


def read_only_disk(machine, binary):
    """on a disk that becomes read-only a run waits and says so, and goes on when it is writable"""
    disk = machine.mount("disk", "64m")
    vedette, log, process = begun(machine, binary, database=os.path.join(disk, "v.db"))
    vedette.stop(process)
    # Files open for writing keep a disk from becoming read-only, so it is so from the beginning.
    machine.call(["mount", "-o", "remount,ro", disk])
    log.append(50)
    refused = vedette.run(log.path)
    code = refused.wait(20)
    expect(code not in (0, 70), f"not refused\n{refused.ending}")
    expect(vedette.database in refused.errors, f"no sentence\n{refused.ending}")
    said = vedette.doctor()
    expect("problem" in said and vedette.database in said and "mounted" in said, said)
    machine.call(["mount", "-o", "remount,rw", disk])
    process = vedette.run(log.path)
    vedette.wait_for_records(log.count, process)
    vedette.stop(process)
    log.check_all_caught(vedette)


def damaged_database(machine, binary):
    """a damaged, a foreign, an older and a newer database are each met with a sentence"""
    vedette, log, process = begun(machine, binary)
    vedette.stop(process)
    whole = machine.path("whole.db")
    shutil.copy(vedette.database, whole)
    meetings = []

    def meet(what, words, change):
        shutil.copy(whole, vedette.database)
        change(vedette.database)
        run = vedette.run(log.path)
        code = run.wait(20)
        expect(code not in (0, 70), f"{what}: not refused\n{run.ending}")
        expect_sentence(run, vedette, *words)
        said = vedette.doctor()
        expect("problem" in said and all(word in said for word in words), f"{what}: {said}")
        meetings.append(what)

    def scribble(path):
        with open(path, "r+b") as file:
            size = os.path.getsize(path)
            for place in range(8_192, size, 4_096):
                file.seek(place)
                file.write(b"\xff" * 512)
        # An end that was not orderly makes the next start look through all of it.
        with open(path + ".lock", "w", encoding="ascii") as file:
            file.write("999999\n")

    def foreign(path):
        with open(path, "wb") as file:
            file.write(b"this is no database at all, but a text of some length\n" * 200)

    def newer(path):
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 9999")
        connection.execute("UPDATE vedette SET value = 'vedette 99.0' WHERE name = 'written_by'")
        connection.commit()
        connection.close()

    meet("damaged", ["damaged", "restore a backup"], scribble)
    meet("foreign", ["not a database of Vedette"], foreign)
    meet("newer", ["vedette 99.0"], newer)
    shutil.copy(whole, vedette.database)
    log.append(50)
    process = vedette.run(log.path)
    vedette.wait_for_records(log.count, process)
    vedette.stop(process)
    log.check_all_caught(vedette)
    return ", ".join(meetings)


def orderly_ends(machine, binary):
    """after an orderly end no command says that a process ended without closing"""
    vedette = Vedette(machine, binary)
    log = GrowingLog(machine)
    log.append(50)
    for verb in ("replay", "model learn", "run"):
        arguments = [*vedette.command, *verb.split(), "--db", vedette.database, log.path]
        process = machine.start(verb.replace(" ", "-"), arguments)
        if verb == "run":
            time.sleep(1)
            vedette.stop(process)
        else:
            process.wait(30)
        expect("without closing" not in process.errors, f"{verb} complains\n{process.ending}")
        said = vedette.doctor()
        expect("without closing" not in said, f"after {verb}: {said}")


def reloaded(machine, binary):
    """SIGHUP reads configuration and rules anew, a broken one leaves the old, and no line is lost"""
    vedette = Vedette(machine, binary)
    log = GrowingLog(machine)
    log.append(40)
    second = machine.write("second.log", b"")
    config = machine.write("vedette.yml", f"sources:\n  - path: {log.path}\n")
    arguments = [*vedette.command, "run", "--rules", vedette.rules, "--config", config]
    process = machine.start("vedette", [*arguments, "--db", vedette.database])
    vedette.wait_for_records(40, process)

    def hang_up(word, text):
        machine.write("vedette.yml", text)
        before = process.errors.count(word)
        process.send(signal.SIGHUP)
        wait_until(f"'{word}'", lambda: process.errors.count(word) > before, 10)
        expect(process.is_running, f"it ended\n{process.ending}")

    hang_up("the old configuration stays", "sources:\n  - pth: nothing\n")
    log.append(40)
    vedette.wait_for_records(80, process)
    hang_up("read anew", f"sources:\n  - path: {log.path}\n  - path: {second}\n")
    log.append(40)
    shutil.copy(log.path, second)
    vedette.wait_for_records(240, process)
    vedette.stop(process)
    counts = vedette.sources()
    got = (counts[log.path]["records"], counts[second]["records"])
    expect(got == (120, 120), f"records {got}, not 120 each")


def reloaded_in_a_line(machine, binary):
    """SIGHUP in the middle of a line on a named pipe loses nothing and leaves its writer alone"""
    vedette = Vedette(machine, binary)
    pipe = machine.path("pipe")
    os.mkfifo(pipe)
    line = b"2024-03-02T10:00:01+00:00 host sshd[7]: Accepted password for u from 192.0.2.1\n"
    process = vedette.run(pipe)
    with open(pipe, "wb", buffering=0) as writer:
        writer.write(line + line[:40])
        vedette.wait_for_records(1, process)
        process.send(signal.SIGHUP)
        wait_until("the reload", lambda: "read anew" in process.errors, 10)
        writer.write(line[40:] + line[:10])
        vedette.wait_for_records(2, process)
        vedette.stop(process)
    counts = vedette.sources()[pipe]
    # What is half read at the end is given too: nobody can read it again.
    expect(counts["records"] == 3, f"{counts['records']} records, not 3")


def started_later(machine, binary):
    """run --from TIME passes over what is older in files not seen before, also over a kill"""
    log = machine.write(
        "dated.log",
        b"".join(
            b"2024-03-02T10:%02d:%02d+00:00 host sshd[7]: Accepted password for u%d from 192.0.2.1"
            b" port 22 ssh2\n" % (number // 60, number % 60, number)
            for number in range(600)
        ),
    )
    vedette = Vedette(machine, binary)
    arguments = [*vedette.command, *vedette.run_arguments([log]), "--from", "2024-03-02T10:05:00Z"]
    process = machine.start("vedette", arguments)
    vedette.wait_for_records(300, process)
    process.kill()
    with open(log, "ab") as file:
        file.write(
            b"2024-03-02T10:04:00+00:00 host sshd[7]: late and old\n"
            b"2024-03-02T10:20:00+00:00 host sshd[7]: new\n"
        )
    process = machine.start("vedette", arguments)
    vedette.wait_for_records(301, process)
    vedette.stop(process)
    expect(vedette.record_count() == 301, f"{vedette.record_count()} records, not 301")
    expect("301 records passed over" in process.errors, f"not counted\n{process.ending}")


CASES = [
    other_writer,
    input_output_error,
    failed_sync,
    read_only_disk,
    damaged_database,
    orderly_ends,
    reloaded,
    reloaded_in_a_line,
    started_later,
]
