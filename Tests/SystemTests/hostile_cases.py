"""Files that are no good logs: each by itself, all together, and beside a good one."""

import dataclasses
import gzip
import os
import random
import time
import zlib

from machine import Failed, expect
from vedette import Vedette, syslog_rule

NOBODY = 65_534
# As another user, because root may read what nobody may.
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
REPLAY_SECONDS = 60
LONG_LINE_BYTES = 100_000_000
LINE_COUNT = 200


@dataclasses.dataclass
class Hostile:
    """A file and what has to become of it."""

    path: str
    # The fewest and the most records; without it only the sum is checked.
    records: tuple | None = None
    # Whether it has to be named as unreadable, with status 2.
    is_named: bool = False


def syslog_lines(count=LINE_COUNT, extra=b""):
    stamp = time.strftime("%b %e %H:%M:%S", time.gmtime()).encode()
    return b"".join(
        b"%s testhost vedette-check[7]: vedette-system-test digit-%d number-%d end%s\n"
        % (stamp, number % 10, number, extra)
        for number in range(1, count + 1)
    )


def hostile_files(machine, folder):
    """Writes every kind of bad file to a folder."""
    os.makedirs(folder)

    def write(name, content):
        return machine.write(os.path.join(folder, name), content)

    exactly = (LINE_COUNT, LINE_COUNT)
    broken = b" \xff\xfe\xc3\x28 \xed\xa0\x80"
    packed = gzip.compress(syslog_lines(5_000))
    packed = packed[: len(packed) // 2]
    readable = zlib.decompressobj(wbits=31).decompress(packed).count(b"\n")
    files = [
        Hostile(write("empty.log", b""), (0, 0)),
        Hostile(write("binary.log", random.Random(1).randbytes(1_000_000))),
        Hostile(write("broken-utf8.log", syslog_lines(extra=broken)), exactly),
        Hostile(write("nul.log", syslog_lines(extra=b" \0 and \0\0")), exactly),
        Hostile(write("only-nul.log", bytes(300_000))),
        Hostile(write("truncated.log.gz", packed), (readable, readable + 1), is_named=True),
        Hostile(write("no-gzip.log.gz", syslog_lines()), exactly),
        Hostile(os.path.join(folder, "missing.log"), (0, 0), is_named=True),
    ]
    long_line = write("long-line.log", syslog_lines(1)[:-1])
    with open(long_line, "ab") as file:
        for _ in range(100):
            file.write(b"x" * (LONG_LINE_BYTES // 100))
        file.write(b"\n" + syslog_lines(20))
    files.append(Hostile(long_line, (21, 21)))
    forbidden = write("forbidden.log", syslog_lines())
    os.chmod(forbidden, 0)
    files.append(Hostile(forbidden, (0, 0), is_named=True))
    folder_as_file = os.path.join(folder, "folder.log")
    os.mkdir(folder_as_file)
    files.append(Hostile(folder_as_file, (0, 0)))
    pipe = os.path.join(folder, "pipe.log")
    os.mkfifo(pipe)
    files.append(Hostile(pipe, (0, 0), is_named=True))
    dangling = os.path.join(folder, "dangling.log")
    os.symlink(os.path.join(folder, "nowhere"), dangling)
    files.append(Hostile(dangling, (0, 0), is_named=True))
    os.symlink(folder, os.path.join(folder_as_file, "loop"))
    return files


def each_by_itself(machine, binary):
    """every kind of bad file by itself is read or named, without crash, hang or loss"""
    problems = []
    for file in hostile_files(machine, machine.path("hostile")):
        # The loop in the folder leads to the others.
        if file.path.endswith("folder.log"):
            os.remove(os.path.join(file.path, "loop"))
        name = os.path.basename(file.path)
        home = machine.make_folder(f"home-{name}", NOBODY)
        vedette = Vedette(machine, binary, os.path.join(home, "vedette.db"), AS_NOBODY)
        try:
            process = vedette.replay(file.path, seconds=REPLAY_SECONDS)
            problems += problems_with(vedette, process, file)
        except Failed as failure:
            problems.append(f"{name}: {failure}")
    expect(not problems, "\n".join(problems))


def problems_with(vedette, process, file):
    """What is wrong with how one file was read."""
    name = os.path.basename(file.path)
    problems = []
    code = process.child.returncode
    wanted = 2 if file.is_named else 0
    if code != wanted:
        problems.append(f"{name}: status {wanted} was due\n{process.ending}")
    if code < 0 or code == 70:
        return problems
    if file.is_named and name not in process.errors:
        problems.append(f"{name}: not named on standard error\n{process.ending}")
    records, events, letters = sums(vedette)
    if records != events + letters:
        problems.append(f"{name}: {records} records, {events} events + {letters} dead letters")
    least, most = file.records or (0, records)
    if not least <= records <= most:
        problems.append(f"{name}: {records} records, not {least} to {most}")
    return problems


def sums(vedette):
    rows = vedette.sources().values() if os.path.exists(vedette.database) else []
    return tuple(sum(row[name] for row in rows) for name in ("records", "events", "dead_letters"))


def all_together(machine, binary):
    """a folder of every kind of bad file is read to the end, and what can't be read is named"""
    folder = machine.path("hostile")
    files = hostile_files(machine, folder)
    machine.write(os.path.join(folder, "good.log"), syslog_lines())
    home = machine.make_folder("home", NOBODY)
    vedette = Vedette(machine, binary, os.path.join(home, "vedette.db"), AS_NOBODY)
    process = vedette.replay(folder, seconds=REPLAY_SECONDS)
    expect(process.child.returncode == 2, f"status 2 was due\n{process.ending}")
    for file in files:
        # What isn't there is not found in a folder.
        if file.is_named and not file.path.endswith("missing.log"):
            name = os.path.basename(file.path)
            expect(name in process.errors, f"{name}: not named\n{process.ending}")
    records, events, letters = sums(vedette)
    got = f"{records} records, {events} events, {letters} dead letters"
    expect(records == events + letters, f"{got}: they do not add up")
    fewest = sum(file.records[0] for file in files if file.records) + LINE_COUNT
    expect(records >= fewest, f"{got}: at least {fewest} records were due")


def followed_beside_good(machine, binary):
    """a run on a folder of bad files goes on, catches a good log's every line and ends well"""
    folder = machine.path("hostile")
    hostile_files(machine, folder)
    good = machine.write(os.path.join(folder, "good.log"), syslog_lines())
    home = machine.make_folder("home", NOBODY)
    vedette = Vedette(machine, binary, os.path.join(home, "vedette.db"), AS_NOBODY)
    process = vedette.run(folder)

    def good_records():
        rows = vedette.query("SELECT records FROM source_status WHERE source = ?", good)
        return rows[0][0] if rows else 0

    vedette.wait_for("the good log's lines", lambda: good_records() >= LINE_COUNT, process)
    with open(good, "ab") as file:
        file.write(syslog_lines())
    vedette.wait_for("what was appended", lambda: good_records() >= 2 * LINE_COUNT, process)
    vedette.stop(process)
    row = vedette.sources()[good]
    got = (row["records"], row["events"], row["dead_letters"])
    expect(got == (2 * LINE_COUNT, 2 * LINE_COUNT, 0), f"records, events, dead letters {got}")
    found = vedette.finding_count(syslog_rule(7))
    expect(found >= 2 * LINE_COUNT // 10, f"only {found} lines ending in 7 were found")


CASES = [each_by_itself, all_together, followed_beside_good]
