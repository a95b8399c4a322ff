"""A folder, the processes started in it, and waiting for what they do."""

import os
import shutil
import signal
import subprocess
import time

POLL_SECONDS = 0.05
# The long form takes hours where the short one takes minutes.
IS_LONG = os.environ.get("VEDETTE_LONG", "0") not in ("", "0")


class Failed(Exception):
    """What was expected and did not come."""


class LeftOut(Exception):
    """Why a case can't be tried here."""


def expect(holds, message):
    """Fails the case with a message unless the condition holds."""
    if not holds:
        raise Failed(message)


def wait_until(what, condition, seconds):
    """Polls until the condition gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(POLL_SECONDS)


class Process:
    """A process of ours in its own session; what it prints goes to files."""

    def __init__(self, name, arguments, folder, environment, number):
        self.name = name
        self.output_path = os.path.join(folder, f"{name}-{number}.out")
        self.error_path = os.path.join(folder, f"{name}-{number}.err")
        with open(self.output_path, "wb") as output, open(self.error_path, "wb") as errors:
            self.child = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=environment,
                start_new_session=True,
            )

    @property
    def is_running(self):
        return self.child.poll() is None

    @property
    def errors(self):
        with open(self.error_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    @property
    def ending(self):
        """How it ended, in words, with the last it said."""
        code = self.child.poll()
        how = "still runs" if code is None else f"exit status {code}"
        if code is not None and code < 0:
            how = f"ended by {signal.Signals(-code).name}"
        said = [line[:300] for line in self.errors.splitlines()[-6:]]
        return "\n".join([f"{self.name}: {how}, and said last:", *said])

    def send(self, number):
        if self.is_running:
            self.child.send_signal(number)

    def wait(self, seconds):
        """Waits for the end and returns the exit status; negative is a signal."""
        try:
            return self.child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"no end within {seconds} s\n{self.ending}") from None

    def kill(self):
        """Ends it and its children at once."""
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait()


class Machine:
    """One case's own folder, processes and disks."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        self.disks = []
        os.makedirs(folder)
        self.environment = {
            **os.environ,
            "HOME": folder,
            "XDG_STATE_HOME": os.path.join(folder, "state"),
            "USER": "root",
            "LOGNAME": "root",
            "LC_ALL": "C",
            "TZ": "UTC",
            "NO_COLOR": "1",
        }
        self.environment.pop("VEDETTE_DB", None)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make_folder(self, name, owner=None):
        """Makes a folder that is closed to other users."""
        path = self.path(name)
        os.makedirs(path, mode=0o700)
        if owner is not None:
            os.chown(path, owner, owner)
        return path

    def write(self, name, content):
        """Writes a small file and returns its path."""
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def start(self, name, arguments, **environment):
        """Starts a process that goes on until it is stopped."""
        process = Process(
            name,
            arguments,
            self.folder,
            {**self.environment, **environment},
            len(self.processes) + 1,
        )
        self.processes.append(process)
        return process

    def finish(self, name, arguments, seconds=60, **environment):
        """Runs a process to its end."""
        process = self.start(name, arguments, **environment)
        process.wait(seconds)
        return process

    def call(self, arguments, text="", seconds=30):
        """Runs a command that has to succeed, with a text on its standard input."""
        try:
            done = subprocess.run(
                arguments,
                input=text.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self.environment,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Failed(f"'{arguments[0]}' did not end within {seconds} s") from None
        said = done.stdout.decode(errors="replace").strip()
        expect(done.returncode == 0, f"'{' '.join(arguments)}': status {done.returncode}: {said}")
        return said

    def mount(self, name, size):
        """Mounts a small disk in memory; leaves the case out where that isn't allowed."""
        path = self.make_folder(name)
        options = ["-t", "tmpfs", "-o", f"size={size},mode=0700", "vedette-test", path]
        done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise LeftOut(f"no disk can be mounted here ({done.stderr.strip()})")
        self.disks.append(path)
        return path

    def resize(self, disk, size):
        self.call(["mount", "-o", f"remount,size={size}", disk])

    def close(self):
        """Ends what runs, unmounts and removes the folder."""
        for process in self.processes:
            process.kill()
        for disk in self.disks:
            subprocess.run(["umount", "-l", disk], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
