# Runs the emulator for as long as whoever started it lives: when that one ends, in whatever way, its end of this
# process's standard input closes, and the emulator and the functions it started, which are one group, go too.
import os
import runpy
import signal
import sys
import threading


def wait_for_the_end():
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=wait_for_the_end, daemon=True).start()
runpy.run_module("ministack", run_name="__main__")
