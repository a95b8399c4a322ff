"""The commands of vedette that the cases use, in one place, and what its database says."""

import json
import os
import signal
import sqlite3

from machine import Failed, expect, wait_until

STOP_SECONDS = 20
# Long enough for two busy cores, and far from what it takes.
CATCH_SECONDS = 30

# How lines are numbered: the last digit has a rule of its own, so that one line lost and another
# caught twice don't cancel out.
DIGITS = range(10)
SYSLOG_TEXT = "vedette-system-test digit-{digit} number-{number} end"
WEB_PATH = "/n/{digit}/{number}"

RULE = """title: {title}
id: {rule_id}
status: test
description: One numbered line of the system tests.
level: high
logsource:
  {logsource}
detection:
  selection:
    {search}
  condition: selection
"""


def syslog_rule(digit):
    return f"5e57ed00-0000-4000-8000-00000000000{digit}"


def web_rule(digit):
    return f"5e57ed00-0000-4000-8000-00000000001{digit}"


def write_rules(folder):
    """Writes one rule for each last digit of syslog lines and of addresses on the web."""
    for digit in DIGITS:
        syslog = RULE.format(
            title=f"System test, syslog line ending in {digit}",
            rule_id=syslog_rule(digit),
            logsource="product: linux",
            search=f"- 'vedette-system-test digit-{digit} '",
        )
        web = RULE.format(
            title=f"System test, address ending in {digit}",
            rule_id=web_rule(digit),
            logsource="category: webserver",
            search=f"cs-uri-stem|startswith: '/n/{digit}/'",
        )
        for name, text in [("syslog", syslog), ("web", web)]:
            with open(os.path.join(folder, f"{name}-{digit}.yml"), "w", encoding="utf-8") as file:
                file.write(text)


class Vedette:
    """The binary with one database."""

    def __init__(self, machine, binary, database=None, prefix=()):
        self.machine = machine
        self.database = database or os.path.join(machine.make_folder("state"), "vedette.db")
        self.command = [*prefix, binary]
        self.rules = machine.path("rules")
        if not os.path.isdir(self.rules):
            write_rules(machine.make_folder("rules"))
            os.chmod(self.rules, 0o755)

    # How each command is written.

    def run_arguments(self, paths):
        return ["run", "--rules", self.rules, "--db", self.database, *paths]

    def replay_arguments(self, paths):
        return ["replay", "--rules", self.rules, "--db", self.database, *paths]

    def list_arguments(self, noun):
        return [*noun.split(), "--db", self.database, "-o", "ndjson"]

    def triage_arguments(self, verb, incident, **words):
        arguments = ["incidents", verb, incident]
        match verb:
            case "comment":
                arguments += [words["text"]]
            case "assign":
                arguments += ["--to", words["owner"]]
            case "close":
                arguments += ["--as", words["verdict"], "--reason", words["reason"]]
        return [*arguments, "--db", self.database]

    # What they do.

    def run(self, *paths):
        """Starts following."""
        return self.machine.start("vedette", [*self.command, *self.run_arguments(paths)])

    def replay(self, *paths, seconds=60):
        """Reads to the end."""
        arguments = [*self.command, *self.replay_arguments(paths)]
        return self.machine.finish("replay", arguments, seconds=seconds)

    def stop(self, process):
        """Asks a run to end, which it does soon and with status 0."""
        # Before it says so, it may not listen to signals yet.
        wait_until("its start", lambda: "database:" in process.errors or not process.is_running, 20)
        process.send(signal.SIGTERM)
        code = process.wait(STOP_SECONDS)
        expect(code == 0, f"SIGTERM did not end it well\n{process.ending}")

    def doctor(self):
        """What `doctor` says of the database."""
        done = self.machine.finish("doctor", [*self.command, "doctor", "--db", self.database])
        with open(done.output_path, encoding="utf-8") as file:
            return file.read()

    def listed(self, noun):
        """The records that a read command prints."""
        name = noun.replace(" ", "-")
        done = self.machine.finish(name, [*self.command, *self.list_arguments(noun)])
        expect(done.child.returncode == 0, f"'{noun}' can't be read\n{done.ending}")
        with open(done.output_path, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.strip()]

    def triage(self, verb, incident, user, **words):
        """Starts a triage command of a user."""
        arguments = [*self.command, *self.triage_arguments(verb, incident, **words)]
        return self.machine.start(verb, arguments, USER=user, LOGNAME=user, SUDO_USER=user)

    def sources(self):
        """Each source's counts by its path: records, events, dead letters."""
        counts = {}
        for row in self.listed("sources"):
            letters = row.get("dead_letters", 0)
            row["dead_letters"] = sum(letters.values()) if isinstance(letters, dict) else letters
            counts[row["source"]] = row
        return counts

    # What the database says, without vedette between.

    def query(self, sql, *values):
        """Rows of the database; none while it isn't there or has no such table yet."""
        if not os.path.exists(self.database):
            return []
        try:
            connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
            try:
                return connection.execute(sql, values).fetchall()
            finally:
                connection.close()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error) or "unable to open" in str(error):
                return []
            raise Failed(f"the database can't be read: {error}") from None

    def record_count(self):
        rows = self.query("SELECT sum(records) FROM source_status")
        return rows[0][0] or 0 if rows else 0

    def finding_count(self, rule):
        """How many events a rule found."""
        rows = self.query("SELECT sum(count) FROM finding WHERE rule_id = ?", rule)
        return rows[0][0] or 0 if rows else 0

    def wait_for(self, what, condition, process):
        """Waits for something that a running process does."""

        def is_there():
            if condition():
                return True
            if not process.is_running:
                raise Failed(f"ended too early\n{process.ending}")
            return False

        try:
            wait_until(what, is_there, CATCH_SECONDS)
        except Failed as failure:
            stored = self.record_count()
            raise Failed(f"{failure}; {stored} records are stored\n{process.ending}") from None

    def wait_for_records(self, count, process):
        """Waits until as many records are stored as there are."""
        self.wait_for(f"{count} records", lambda: self.record_count() >= count, process)
