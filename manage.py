#!/usr/bin/env python3
import os
import sys

from django.core.management import execute_from_command_line

from registry.acting import acting

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with acting(f"command {' '.join(sys.argv[1:2])}"):  # for the audit log
        execute_from_command_line(sys.argv)
