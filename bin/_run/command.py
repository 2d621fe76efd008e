"""Find the command that was asked for, run it, and turn whatever ends it into a sentence and an exit code."""

import sys
import traceback
from collections.abc import Callable, Sequence

from _run import bench, check, demo, locks
from _run.place import ROOT
from _run.say import Stop, line, use_utf8, warn
from _run.signals import Asked

_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": demo.main,
    "test": check.main,
    "lock": locks.main,
    "bench": bench.main,
}
_INTERRUPTED = 130


def main(words: Sequence[str]) -> int:
    """Run `words[0]` with the other words as its arguments; return the exit code."""
    use_utf8()
    try:
        return _COMMANDS[words[0]](words[1:])
    except Stop as stop:
        line(str(stop), sys.stderr)
        return stop.code
    except (Asked, KeyboardInterrupt):
        return _INTERRUPTED
    except OSError as problem:
        _keep(problem)
        where = f" {problem.filename}" if problem.filename else ""
        warn(
            f"读写文件或启动程序失败：{problem.strerror or problem}{where}；检查磁盘空间和权限后再运行一次",
            "a file or program failed: check disk space and permissions, then try again",
        )
        return 1
    except Exception as problem:
        kept = _keep(problem)
        warn(f"出了意料之外的错：{problem!r}；详情在 {kept}", f"an unexpected error, details in {kept}")
        return 1


def _keep(problem: BaseException) -> str:
    """Write the trace of an error to a log, where there is room for one; return its place."""
    log = ROOT / "var" / "logs" / "command.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(problem)), encoding="utf-8")
    except OSError:
        return "stderr"
    return str(log.relative_to(ROOT))
