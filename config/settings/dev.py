"""One machine, one person trying it: what bin/demo runs with."""

from config.settings.base import *
