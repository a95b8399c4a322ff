"""Messages over the network and from the journal, with real senders on loopback."""

import json
import os
import random
import signal
import socket
import ssl
import time

from machine import IS_LONG, expect
from vedette import SYSLOG_TEXT, Vedette, syslog_rule

KILLS = 200 if IS_LONG else 12
JOURNAL_ENTRIES = 3_000
FLOOD_DATAGRAMS = 200_000
# Stands in for journalctl: the entries of a file behind a cursor, and those that are added.
JOURNALCTL = """#!/usr/bin/python3
import sys, time
after = 0
for word in sys.argv[1:]:
    if word.startswith("--after-cursor=s=1;i="):
        after = int(word.rsplit("=", 1)[1])
with open({entries!r}, encoding="utf-8") as file:
    number = 0
    text = ""
    while True:
        text += file.readline()
        if not text.endswith("\\n"):
            time.sleep(0.01)
            continue
        number += 1
        if number > after:
            sys.stdout.write(text)
            sys.stdout.flush()
        text = ""
"""
STUNNEL = """foreground = yes
pid =
[syslog]
accept = 127.0.0.1:{tls}
connect = 127.0.0.1:{port}
cert = {folder}/server.pem
key = {folder}/server.key
CAfile = {folder}/server.pem
verifyChain = no
"""


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def message(number):
    text = SYSLOG_TEXT.format(digit=number % 10, number=number)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return f"<34>1 {stamp} host1 check 1 - - {text}".encode()


def counted(text):
    return b"%d %s" % (len(text), text)


def check_caught(vedette, numbers):
    for digit in range(10):
        want = sum(1 for number in numbers if number % 10 == digit)
        found = vedette.finding_count(syslog_rule(digit))
        expect(found == want, f"{found} messages ending in {digit}, {want} were sent")


def listening(vedette, process, ports):
    vedette.wait_for("the database", lambda: "database:" in process.errors, process)

    def all_open():
        for port in ports:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) != 0:
                    return False
        return True

    vedette.wait_for("the ports", all_open, process)


def udp_and_tcp(machine, binary):
    """receive: syslog over UDP and TCP, both framings, is caught once, also over SIGHUP and a stop"""
    vedette = Vedette(machine, binary)
    udp, tcp = free_port(socket.SOCK_DGRAM), free_port()
    config = machine.write(
        "vedette.yml",
        f"sources:\n  - listen: udp://127.0.0.1:{udp}\n  - listen: tcp://127.0.0.1:{tcp}\n",
    )
    process = vedette.run("--config", config)
    listening(vedette, process, [tcp])
    sender = socket.socket(type=socket.SOCK_DGRAM)
    lines = socket.create_connection(("127.0.0.1", tcp))
    frames = socket.create_connection(("127.0.0.1", tcp))
    number = 0
    for part in range(3):
        for _ in range(300):
            sender.sendto(message(number), ("127.0.0.1", udp))
            lines.sendall(message(number + 1) + b"\n")
            frames.sendall(counted(message(number + 2)))
            number += 3
            time.sleep(0.0005)
        if part == 0:
            vedette.wait_for_records(number, process)
            process.send(signal.SIGHUP)
            vedette.wait_for("the reload", lambda: "read anew" in process.errors, process)
    vedette.stop(process)
    check_caught(vedette, range(number))
    evidence = {row[0] for row in vedette.query("SELECT DISTINCT file FROM finding_event")}
    want = {f"{kind}://127.0.0.1:{port} from 127.0.0.1" for kind, port in (("udp", udp), ("tcp", tcp))}
    expect(evidence == want, f"evidence is from {evidence}, not {want}")
    places = vedette.query("SELECT source, line FROM checkpoint ORDER BY source")
    expect(places[0][1] + places[1][1] == number + 2, f"places are {places}")
    return f"{number} messages, each once"


def flood(machine, binary):
    """receive: a flood of datagrams is bounded, and what is dropped is counted by reason"""
    vedette = Vedette(machine, binary)
    port = free_port(socket.SOCK_DGRAM)
    process = vedette.run(f"udp://127.0.0.1:{port}")
    vedette.wait_for("the database", lambda: "database:" in process.errors, process)
    time.sleep(1)
    sender = socket.socket(type=socket.SOCK_DGRAM)
    text = message(7)
    for _ in range(FLOOD_DATAGRAMS):
        sender.sendto(text, ("127.0.0.1", port))
    sender.sendto(message(8), ("127.0.0.1", port))
    time.sleep(2)
    # The system says how many it dropped with the next one that it did not drop.
    sender.sendto(message(9), ("127.0.0.1", port))
    vedette.wait_for(
        "the last one", lambda: vedette.finding_count(syslog_rule(9)) == 1, process
    )
    with open(f"/proc/{process.child.pid}/status", encoding="utf-8") as file:
        peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) >> 10
    vedette.stop(process)
    row = vedette.listed("sources")[0]
    lost = sum(row["losses_by_reason"].values())
    sent = FLOOD_DATAGRAMS + 2
    expect(row["records"] + lost == sent, f"{row['records']} + {lost} lost, {sent} sent: {row}")
    expect(peak < 1_024, f"{peak} MiB of memory")
    return f"{sent} sent, {row['records']} taken, lost {row['losses_by_reason']}, {peak} MiB"


def journal_killed(machine, binary):
    """receive exact: the journal over kills of vedette and of journalctl gives each entry once"""
    seed = int(os.environ.get("VEDETTE_SEED", "1"))
    chance = random.Random(seed)
    entries = machine.write("entries", "")
    folder = machine.make_folder("bin")
    teller = machine.write("bin/journalctl", JOURNALCTL.format(entries=entries))
    os.chmod(teller, 0o755)
    machine.environment["PATH"] = folder + os.pathsep + machine.environment["PATH"]
    vedette = Vedette(machine, binary)
    written = kills = tellers = 0
    process = None
    with open(entries, "a", encoding="utf-8") as file:
        while written < JOURNAL_ENTRIES or kills < KILLS:
            if process is None:
                process = vedette.run("journald:")
            for _ in range(chance.randrange(1, 40)):
                entry = {
                    "MESSAGE": SYSLOG_TEXT.format(digit=written % 10, number=written),
                    "_HOSTNAME": "host1",
                    "SYSLOG_IDENTIFIER": "check",
                    "__REALTIME_TIMESTAMP": str(1_772_409_600_000_000 + written * 1_000_000),
                    "__CURSOR": f"s=1;i={written + 1}",
                }
                file.write(json.dumps(entry) + "\n")
                written += 1
            file.flush()
            time.sleep(chance.random() * 0.6)
            if chance.random() < 0.3:
                machine_children = children(process.child.pid)
                for child in machine_children:
                    os.kill(child, signal.SIGKILL)
                    tellers += 1
            if chance.random() < 0.5 and kills < KILLS:
                process.kill()
                process = None
                kills += 1
    process = process or vedette.run("journald:")
    vedette.wait_for_records(written, process)
    vedette.stop(process)
    check_caught(vedette, range(written))
    count = vedette.record_count()
    expect(count == written, f"{count} records, {written} entries; seed {seed}")
    place = vedette.query("SELECT path, line FROM checkpoint")
    expect(place == [(f"s=1;i={written}", written + 1)], f"the place is {place}")
    return f"{kills} kills, {tellers} of journalctl, {written} entries, 0 lost, 0 twice; seed {seed}"


def children(parent):
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == parent:
                    found.append(int(name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def journal_missing(machine, binary):
    """receive: without journalctl there is one sentence with the remedy"""
    vedette = Vedette(machine, binary)
    machine.environment["PATH"] = machine.make_folder("empty")
    process = vedette.run("journald:")
    expect(process.wait(20) == 64, process.ending)
    expect("'journalctl' is not on this host; install systemd" in process.errors, process.ending)


def tls(machine, binary):
    """receive: TLS ends at stunnel, and every message behind it is caught once"""
    folder = machine.make_folder("tls")
    machine.call(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        + ["-nodes", "-subj", "/CN=localhost", "-days", "2"]
        + ["-keyout", f"{folder}/server.key", "-out", f"{folder}/server.pem"]
    )
    vedette = Vedette(machine, binary)
    port, encrypted = free_port(), free_port()
    process = vedette.run(f"tcp://127.0.0.1:{port}")
    listening(vedette, process, [port])
    text = STUNNEL.format(tls=encrypted, port=port, folder=folder)
    stunnel = machine.start("stunnel", ["stunnel", machine.write("stunnel.conf", text)])
    listening(vedette, process, [encrypted])
    context = ssl.create_default_context(cafile=f"{folder}/server.pem")
    context.check_hostname = False
    with socket.create_connection(("127.0.0.1", encrypted)) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as sender:
            for number in range(500):
                sender.sendall(counted(message(number)))
            vedette.wait_for_records(500, process)
            version = sender.version()
    vedette.stop(process)
    expect(stunnel.is_running, stunnel.ending)
    check_caught(vedette, range(500))
    return f"500 messages over {version}"


def overwritten(machine, binary):
    """receive: a followed log that is overwritten in place opens one incident of medium"""
    vedette = Vedette(machine, binary)
    log = machine.write("auth.log", b"".join(message(number) + b"\n" for number in range(40)))
    process = vedette.run(log)
    vedette.wait_for_records(40, process)
    with open(log, "r+b") as file:
        file.write(b"".join(message(number + 100)[:-3] + b"xyz\n" for number in range(40)))
        file.truncate()

    def is_found():
        return vedette.query("SELECT severity FROM incident WHERE title LIKE '%followed log%'")

    vedette.wait_for("the incident", is_found, process)
    vedette.stop(process)
    rows = vedette.query(
        "SELECT title, severity, techniques, explanation FROM finding WHERE detector = 'rule' "
        "AND title LIKE '%followed log%'"
    )
    expect(len(rows) == 1, f"findings are {rows}")
    expect("T1685.006" in str(rows[0]), f"the finding is {rows[0]}")


CASES = [udp_and_tcp, flood, journal_killed, journal_missing, tls, overwritten]
