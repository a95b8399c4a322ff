"""Decisions of people while `vedette run` writes to the same database."""

import time

from machine import expect, wait_until
from vedette import Vedette
from writers import Syslog, Traffic

USER = "analyst-seven"
EFFECT_SECONDS = 1.0
WORDS = {
    "comment": {"text": "seen by the system tests"},
    "assign": {"owner": "analyst-nine"},
    "close": {"verdict": "benign", "reason": "traffic of the system tests"},
}


def decided_while_running(machine, binary):
    """comment, assign and close take effect within a second and survive commits and kill -9"""
    writer = Syslog(machine, ["traditional.log"])
    vedette = Vedette(machine, binary)
    process = vedette.run(*writer.logs)
    with Traffic(writer) as traffic:
        vedette.wait_for_records(50, process)
        incident = wait_until("an incident", lambda: vedette.listed("incidents list"), 30)[0]["id"]
        for verb, words in WORDS.items():
            decide(vedette, verb, incident, words)
            await_next_commit(vedette, process)
            expect_decided(vedette, incident, verb, "after the next commit")
        process.kill()
        for verb in WORDS:
            expect_decided(vedette, incident, verb, "after kill -9")
        traffic.more(100)
    process = vedette.run(*writer.logs)
    writer.wait_written()
    vedette.wait_for_records(writer.line_count(), process)
    vedette.stop(process)
    for verb in WORDS:
        expect_decided(vedette, incident, verb, "after a restart")
    expect_listed_closed(vedette, incident)
    writer.check_all_caught(vedette)


def decide(vedette, verb, incident, words):
    """Gives a command and measures when its effect is there for others."""
    begin = time.monotonic()
    command = vedette.triage(verb, incident, USER, **words)
    wait_until(
        f"the effect of '{verb}'",
        lambda: is_decided(vedette, incident, verb) or not command.is_running,
        10,
    )
    took = time.monotonic() - begin
    code = command.wait(10)
    expect(code == 0, f"'{verb}' was refused\n{command.ending}")
    expect_decided(vedette, incident, verb, "at once")
    expect(took <= EFFECT_SECONDS, f"'{verb}' took {took:.2f} s, more than {EFFECT_SECONDS} s")


def digits_of(incident):
    return incident.removeprefix("INC-")


def is_decided(vedette, incident, verb):
    """Whether the decision and its activity are in the database."""
    row = vedette.query(
        "SELECT status, classification, owner FROM incident WHERE id LIKE ? || '%'",
        digits_of(incident),
    )
    done = vedette.query(
        "SELECT user, detail FROM activity WHERE incident_id LIKE ? || '%' AND action = ?",
        digits_of(incident),
        verb,
    )
    if not row or not done:
        return False
    status, classification, owner = row[0]
    user, detail = done[0]
    if len(done) != 1 or user != USER:
        return False
    match verb:
        case "comment":
            return detail == WORDS[verb]["text"]
        case "assign":
            return owner == WORDS[verb]["owner"]
        case _:
            return (status, classification) == ("closed", WORDS[verb]["verdict"])


def expect_decided(vedette, incident, verb, when):
    if not is_decided(vedette, incident, verb):
        activity = vedette.query("SELECT user, action, detail FROM activity")
        state = vedette.query("SELECT id, status, classification, owner FROM incident")
        expect(False, f"'{verb}' on {incident} is not there {when}: {activity} {state[:12]}")


def expect_listed_closed(vedette, incident):
    """The list says what the database says."""
    for row in vedette.listed("incidents list"):
        if row["id"] == incident:
            got = (row["status"], row.get("owner"))
            wanted = ("closed", WORDS["assign"]["owner"])
            expect(got == wanted, f"{incident} is listed as {got}, not {wanted}")
            return
    expect(False, f"{incident} is not listed any more")


def await_next_commit(vedette, process):
    """Waits until more of the traffic is stored."""
    vedette.wait_for_records(vedette.record_count() + 50, process)


CASES = [decided_while_running]
