# Runs the emulator for as long as whoever started it lives: when that one ends, in whatever way, its end of this
# process's standard input closes, and the emulator and the functions it started go too.
import os
import runpy
import signal
import sys
import threading


def children(parent):
    found = []
    for line in os.popen("ps -A -o pid= -o ppid=").read().splitlines():
        pid, ppid = map(int, line.split())
        if ppid == parent:
            found.append(pid)
    return found


def wait_for_the_end():
    sys.stdin.buffer.read()
    for pid in children(os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    os.kill(os.getpid(), signal.SIGKILL)


threading.Thread(target=wait_for_the_end, daemon=True).start()
runpy.run_module("ministack", run_name="__main__")
