"""SIGTERM and SIGHUP: as Ctrl-C where Python can act, by force where it cannot."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from robustfashion import interruption
from robustfashion.commandline import run
from robustfashion.interruption import Terminated, raising
from robustfashion.models.training import TrainSettings, train
from tests.models.samples import NET, halves

OPEN_FILES = Path("/proc/self/fd")
BEGIN = "import hashlib, os, signal, sys, time\nfrom robustfashion.commandline import run\n"


def _ended(code, number=signal.SIGTERM, before=()):
    """Status, stderr and seconds from the signal to the end of a process that says when it is ready."""
    process = subprocess.Popen(
        [*before, sys.executable, "-c", f"{BEGIN}{code}\nrun(main)"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        sent = time.monotonic()
        process.send_signal(number)
        _, shown = process.communicate(timeout=30)
        return process.returncode, shown, time.monotonic() - sent


READY = "def main():\n    print('ready', flush=True)\n"


@pytest.fixture(autouse=True)
def usual_signals():
    """As a terminal starts a process, whoever started this one: ``nohup`` makes it ignore SIGHUP."""
    former = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


@pytest.fixture
def patient(monkeypatch):
    """Nobody ends the test's own process."""
    ended = []
    monkeypatch.setattr(interruption, "_end", ended.append)
    yield ended
    interruption._watches[-1].stop()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_as_ctrl_c(number, status, capsys, patient):
    cleaned = []

    def main():
        try:
            os.kill(os.getpid(), number)
            time.sleep(30)
        finally:
            cleaned.append(True)

    with pytest.raises(SystemExit) as end:
        run(main)
    assert end.value.code == status and cleaned and not patient
    assert capsys.readouterr().err == "terminated; finished parts are cached, run the same command again to go on\n"


def test_without_a_signal_all_is_as_before():
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    threads, files = threading.active_count(), len(list(OPEN_FILES.glob("*")))
    with raising():
        assert signal.getsignal(signal.SIGTERM) is not handlers[0]
        with raising():  # `robustfashion bench` runs `robustfashion.bench`
            pass
        assert signal.getsignal(signal.SIGTERM) is not handlers[0]
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == handlers
    assert threading.active_count() == threads and signal.set_wakeup_fd(-1) == -1
    assert len(list(OPEN_FILES.glob("*"))) == files


def test_somebody_elses_handler_stays():
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with raising():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, former)


def test_in_another_thread_nothing_is_done():
    found = []

    def work():
        with raising():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.SIG_DFL]


def test_a_forked_process_dies_by_its_own_signal():
    """The parent does not hear of it: a pool ends its workers by SIGTERM."""
    code = (
        "def main():\n    child = os.fork()\n    if not child: time.sleep(30)\n    time.sleep(0.2)\n"
        "    os.kill(child, signal.SIGTERM)\n    status = os.waitpid(child, 0)[1]\n    time.sleep(0.3)\n"
        "    return 7 if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGTERM else 1"
    )
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", f"{BEGIN}{code}\nrun(main)"], check=False, capture_output=True)
    assert (ended.returncode, ended.stderr) == (7, b"")


def test_a_long_call_of_a_library_is_cut():
    """Python cannot act while a library computes."""
    code = f"{READY}    hashlib.pbkdf2_hmac('sha256', b'x', b'y', 10**9)"
    status, shown, seconds = _ended(code)
    assert (status, shown[:11]) == (143, "terminated;") and seconds < interruption.TO_NOTICE_S + 2, (shown, seconds)


def test_a_thread_that_does_not_end_is_cut():
    """The interpreter would wait for it at its end."""
    code = (
        "import threading\n"
        "def main():\n    work = lambda: hashlib.pbkdf2_hmac('sha256', b'x', b'y', 10**9)\n"
        "    threading.Thread(target=work).start()\n    print('ready', flush=True)\n    time.sleep(30)"
    )
    status, shown, seconds = _ended(code)
    assert (status, shown[:11]) == (143, "terminated;") and seconds < interruption.TO_LEAVE_S + 2, (shown, seconds)


def test_the_second_signal_kills():
    code = f"{READY}    try: time.sleep(30)\n    finally:\n        os.kill(os.getpid(), signal.SIGTERM)\n        time.sleep(30)"
    status, _, seconds = _ended(code)
    assert status == -signal.SIGTERM and seconds < 2


def test_terminated_is_an_interruption():
    with pytest.raises(KeyboardInterrupt) as found:
        raise Terminated(signal.SIGTERM)
    assert found.value.number == signal.SIGTERM


def test_a_training_ends_by_the_same_signal(patient):
    """Lightning has handlers of its own, and makes an exit of every interruption."""
    images, labels = halves(16, size=24)

    def stop(*_):
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Terminated) as found, raising():
        train(np.stack(images), np.array(labels), TrainSettings(NET, max_steps=3, batch_size=8, accelerator="cpu"), stop)
    assert found.value.number == signal.SIGTERM and not patient


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [1, 7, 13])
def test_a_suite_is_gone_in_a_moment_and_goes_on_later(seconds, tmp_path):
    """Whatever it is at: starting, drawing pictures, asking. No half-made file stays, no process."""
    command = [sys.executable, "-m", "robustfashion.bench", "resize", "--synthetic.count", "240", "--out", str(tmp_path / "out")]
    command += ["--cache", str(tmp_path / "cache"), "--seeds", "[0]", "--tasks", "[dress]"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    time.sleep(seconds)
    sent = time.monotonic()
    process.send_signal(signal.SIGTERM)
    shown = process.communicate(timeout=60)[1]
    assert process.returncode == 143 and "terminated; finished parts are cached" in shown
    assert time.monotonic() - sent < interruption.TO_NOTICE_S + interruption.TO_LEAVE_S + 2
    assert not list(tmp_path.rglob(".*"))
    with pytest.raises(ProcessLookupError):
        for _ in range(40):  # its workers end with it
            os.killpg(process.pid, 0)
            time.sleep(0.1)
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
