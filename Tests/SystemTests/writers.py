"""Programs that really write logs, with their own configuration, sockets and loopback ports."""

import collections
import glob
import gzip
import os
import re
import socket
import threading
import time

from machine import Failed, expect, wait_until
from vedette import DIGITS, SYSLOG_TEXT, WEB_PATH, syslog_rule, web_rule

START_SECONDS = 15
NUMBERED = re.compile(rb"digit-(\d) number-(\d+) end|/n/(\d)/(\d+) ")

RSYSLOG = """global(workDirectory="{folder}")
$LogRSyslogStatusMessages off
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{socket}")
{actions}
"""
RSYSLOG_ACTION = 'action(type="omfile" file="{path}" template="{template}")\n'
# The file formats of rsyslogd: RFC 3164 as files have it, its own with a whole time, RFC 5424.
RSYSLOG_TEMPLATES = {
    "traditional.log": "RSYSLOG_TraditionalFileFormat",
    "precise.log": "RSYSLOG_FileFormat",
    "rfc5424.log": "RSYSLOG_SyslogProtocol23Format",
}

NGINX = """daemon off;
user root;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 64; }}
http {{
  access_log {access} combined;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ return 200 "here\\n"; }}
  }}
}}
"""

LOGROTATE = """{paths} {{
  rotate 50
  missingok
{options}
{script}
}}
"""
# Tells the writer to begin new files, and waits until no process of it has an old one open.
LET_GO = """  sharedscripts
  postrotate
    kill -{signal} {pid}
    for round in $(seq 200); do
      open=0
      for process in {pid} $(cat /proc/{pid}/task/{pid}/children); do
        ls -l /proc/$process/fd | grep -q '{folder}/.*log[.-][0-9]' && open=1
      done
      [ $open = 0 ] && exit 0
      sleep 0.02
    done
    exit 1
  endscript"""


def parts_of(path):
    """The files of one log: the one at its path and all that rotation made of it."""
    return sorted(glob.glob(glob.escape(path) + "*"))


def lines_in(part):
    """The lines of one file, unpacked; none if it isn't there."""
    try:
        with (gzip.open if part.endswith(".gz") else open)(part, "rb") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def lines_of(path):
    """Every line of a log with its rotated parts."""
    return [line for part in parts_of(path) for line in lines_in(part)]


def digit_counts(lines):
    """How many numbered lines end in each digit."""
    counts = collections.Counter()
    for line in lines:
        if found := NUMBERED.search(line):
            counts[int(found[1] or found[3])] += 1
    return counts


class Writer:
    """What the writers have in common: logs, numbered lines, rotation."""

    rule = None

    def __init__(self, machine, name):
        self.machine = machine
        self.folder = machine.make_folder(name)
        self.count = 0
        self.logs = []
        self.process = None
        self.rotated_second = 0

    def send(self, count):
        """Makes the writer write that many numbered lines."""
        numbers = range(self.count + 1, self.count + count + 1)
        self.deliver(numbers)
        self.count += count

    def deliver(self, numbers):
        raise NotImplementedError

    def numbered_logs(self):
        """The logs that hold every numbered line."""
        return self.logs

    def wait_written(self):
        """Waits until all lines sent are in the files."""

        def all_there():
            return all(
                sum(digit_counts(lines_of(log)).values()) >= self.count
                for log in self.numbered_logs()
            )

        wait_until(f"the writer's own {self.count} lines in its files", all_there, 20)
        for log in self.numbered_logs():
            seen = collections.Counter(
                found[2] or found[4] for found in map(NUMBERED.search, lines_of(log)) if found
            )
            twice = [number for number, times in seen.items() if times > 1]
            expect(
                len(seen) == self.count and not twice,
                f"the writer itself lost or repeated lines of '{log}'",
            )

    def line_count(self):
        return sum(len(lines_of(log)) for log in self.logs)

    def rotate(self, options, tell=True):
        """Rotates every log once; the writer is told to let go unless the file stays."""
        pid = self.process.child.pid
        script = LET_GO.format(signal=self.reopen, pid=pid, folder=self.folder)
        text = LOGROTATE.format(
            paths=" ".join(f'"{log}"' for log in self.logs),
            options="\n".join(f"  {option}" for option in options),
            script=script if tell else "",
        )
        path = self.machine.write(f"{os.path.basename(self.folder)}-rotate.conf", text)
        os.chmod(path, 0o644)
        state = os.path.join(self.folder, "rotate.state")
        self.machine.call(["logrotate", "--force", "--state", state, path])

    def rotate_in_traffic(self, options):
        """Rotates while lines come, then waits until they are in the new files."""
        # Names with a date are the same within a second.
        wait_until("the next second", lambda: int(time.time()) != self.rotated_second, 2)
        self.rotate(options)
        self.rotated_second = int(time.time())
        wait_until(
            "lines in the new files",
            lambda: all(map(lines_in, self.numbered_logs())),
            START_SECONDS,
        )

    def check_all_caught(self, vedette):
        """Every line is a record and an event, and each rule counted its lines once."""
        counts = vedette.sources()
        expected = collections.Counter()
        for log in self.logs:
            lines = lines_of(log)
            row = counts.get(log)
            expect(row is not None, f"'sources' does not list '{log}': {sorted(counts)}")
            got = tuple(row[name] for name in ("records", "events", "dead_letters"))
            wanted = (len(lines), len(lines), 0)
            expect(got == wanted, f"'{log}': records, events, dead letters {got}, not {wanted}")
            expected += digit_counts(lines)
        for digit in DIGITS:
            found = vedette.finding_count(self.rule(digit))
            wanted = expected[digit]
            expect(found == wanted, f"{found} of {wanted} lines ending in {digit} were found")


class Syslog(Writer):
    """rsyslogd on a socket of its own, writing one file in each format."""

    reopen = "HUP"
    rule = staticmethod(syslog_rule)

    def __init__(self, machine, templates=None):
        super().__init__(machine, "syslog")
        self.logs = [os.path.join(self.folder, name) for name in templates or RSYSLOG_TEMPLATES]
        self.socket = os.path.join(self.folder, "log.sock")
        actions = [
            RSYSLOG_ACTION.format(path=log, template=RSYSLOG_TEMPLATES[os.path.basename(log)])
            for log in self.logs
        ]
        text = RSYSLOG.format(folder=self.folder, socket=self.socket, actions="".join(actions))
        path = machine.write("rsyslog.conf", text)
        pid = os.path.join(self.folder, "rsyslogd.pid")
        self.process = machine.start("rsyslogd", ["rsyslogd", "-n", "-f", path, "-i", pid])
        wait_until("rsyslogd's start", lambda: os.path.exists(self.socket), START_SECONDS)
        self.send(1)
        self.wait_written()

    def deliver(self, numbers):
        lines = [SYSLOG_TEXT.format(digit=number % 10, number=number) for number in numbers]
        command = ["logger", "--socket", self.socket, "--tag", "vedette-check"]
        self.machine.call(command, "\n".join(lines) + "\n")


class Web(Writer):
    """nginx on a loopback port of its own, with access and error log."""

    reopen = "USR1"
    rule = staticmethod(web_rule)

    def __init__(self, machine):
        super().__init__(machine, "web")
        self.access = os.path.join(self.folder, "access.log")
        self.logs = [self.access, os.path.join(self.folder, "error.log")]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        text = NGINX.format(folder=self.folder, access=self.access, port=self.port)
        path = machine.write("nginx.conf", text)
        arguments = ["nginx", "-c", path, "-p", self.folder, "-e", self.logs[1]]
        self.process = machine.start("nginx", arguments)
        wait_until("nginx's start", self.is_ready, START_SECONDS)

    def is_ready(self):
        if not self.process.is_running:
            raise Failed(self.process.ending)
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def numbered_logs(self):
        return [self.access]

    def deliver(self, numbers):
        requests = []
        for number in numbers:
            address = WEB_PATH.format(digit=number % 10, number=number)
            requests += [f'url = "http://127.0.0.1:{self.port}{address}"', 'output = "/dev/null"']
        command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--config", "-"]
        self.machine.call(command, "\n".join(requests) + "\n")


class Traffic:
    """Lines without end from a thread of its own, until told to stop."""

    CHUNK = 25
    PAUSE_SECONDS = 0.03

    def __init__(self, writer):
        self.writer = writer
        self.failure = None
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.go_on, daemon=True)

    def go_on(self):
        try:
            while not self.is_over.wait(self.PAUSE_SECONDS):
                self.writer.send(self.CHUNK)
        except Failed as failure:
            self.failure = failure

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, error, trace):
        self.is_over.set()
        self.thread.join(timeout=30)
        if kind is None:
            expect(not self.thread.is_alive(), "the traffic does not end")
            if self.failure:
                raise self.failure

    def more(self, count=200):
        """Waits until that many further lines were sent."""
        goal = self.writer.count + count

        def is_there():
            if self.failure:
                raise self.failure
            return self.writer.count >= goal

        wait_until(f"{count} more lines of traffic", is_there, 30)
