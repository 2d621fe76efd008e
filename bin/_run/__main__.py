"""`python bin/_run NAME …`: run one of the commands; the small shell files in bin/ come here."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from _run import command  # noqa: E402 - the folder above has to be on the path first

if __name__ == "__main__":
    sys.exit(command.main(sys.argv[1:]))
