"""Real writers, rotated by logrotate while vedette follows them."""

from vedette import Vedette
from writers import Syslog, Traffic, Web

RENAMED = ["create 0640 root root"]
COMPRESSED_LATER = [*RENAMED, "compress", "delaycompress"]
COMPRESSED_AT_ONCE = [*RENAMED, "compress"]
DATED = [*COMPRESSED_LATER, "dateext", "dateformat -%Y%m%d%H%M%S"]


def rsyslogd_renamed(machine, binary):
    """rsyslogd: every line in three file formats is caught once while logs are renamed"""
    rotated_in_traffic(machine, binary, Syslog(machine), RENAMED)


def rsyslogd_compressed(machine, binary):
    """rsyslogd: every line is caught once while logs are renamed and later compressed"""
    rotated_in_traffic(machine, binary, Syslog(machine), COMPRESSED_LATER)


def nginx_dated(machine, binary):
    """nginx: every request is caught once while logs get dated names and are compressed"""
    rotated_in_traffic(machine, binary, Web(machine), DATED)


def rotated_in_traffic(machine, binary, writer, options):
    vedette = Vedette(machine, binary)
    writer.send(50)
    process = vedette.run(*writer.logs)
    with Traffic(writer) as traffic:
        for _ in range(4):
            traffic.more()
            writer.rotate_in_traffic(options)
        traffic.more()
    writer.wait_written()
    vedette.wait_for_records(writer.line_count(), process)
    vedette.stop(process)
    writer.check_all_caught(vedette)


def compressed_at_once(machine, binary):
    """a quiet log that is compressed in the moment of its rotation is caught once"""
    writer = Syslog(machine)
    vedette = Vedette(machine, binary)
    process = vedette.run(*writer.logs)
    for _ in range(4):
        writer.send(400)
        writer.wait_written()
        writer.rotate(COMPRESSED_AT_ONCE)
    writer.send(50)
    writer.wait_written()
    vedette.wait_for_records(writer.line_count(), process)
    vedette.stop(process)
    writer.check_all_caught(vedette)


def copied_and_truncated(machine, binary):
    """a quiet log that is copied and truncated is caught once, and the copy is not read again"""
    writer = Syslog(machine)
    vedette = Vedette(machine, binary)
    process = vedette.run(*writer.logs)
    for count in (300, 120, 400):
        writer.send(count)
        writer.wait_written()
        # What copytruncate loses of a busy log, no reader can find again.
        vedette.wait_for_records(writer.line_count(), process)
        writer.rotate(["copytruncate"], tell=False)
    writer.send(60)
    writer.wait_written()
    vedette.wait_for_records(writer.line_count(), process)
    vedette.stop(process)
    writer.check_all_caught(vedette)


CASES = [
    rsyslogd_renamed,
    rsyslogd_compressed,
    nginx_dated,
    compressed_at_once,
    copied_and_truncated,
]
