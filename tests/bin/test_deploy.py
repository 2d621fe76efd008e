"""What deploy/ installs names only what is there: commands, folders, environment, units; nginx reads its site."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.bin.conftest import ROOT

DEPLOY = ROOT / "deploy"
HOME = "/srv/portal"
SERVICES = sorted(DEPLOY.glob("*.service"))
UNITS = sorted([*SERVICES, *DEPLOY.glob("*.socket"), *DEPLOY.glob("*.timer"), *DEPLOY.glob("*.target")])


def lines(path: Path, name: str) -> list[str]:
    """The values of a setting in a unit."""
    return re.findall(rf"^{name}=(.+)$", path.read_text("utf-8"), re.MULTILINE)


def in_repo(program: str) -> Path:
    """Where a program of the installed checkout lies here."""
    return ROOT / Path(program).relative_to(HOME)


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_starts_a_program_that_is_there(unit):
    words = lines(unit, "ExecStart")[0].split()
    program = in_repo(words[0])
    assert os.access(program, os.X_OK), program
    if "manage.py" in words:
        command = words[words.index("manage.py") + 1]
        assert list(ROOT.glob(f"*/management/commands/{command}.py")), command
    if program.name in ("gunicorn", "celery"):
        module = words[1] if program.name == "gunicorn" else words[words.index("-A") + 1]
        assert (ROOT / f"{module.replace('.', '/')}.py").exists() or (ROOT / module / "__init__.py").exists()


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_is_a_person_without_rights(unit):
    assert lines(unit, "User") == ["portal"]
    assert lines(unit, "NoNewPrivileges") == ["yes"]
    assert lines(unit, "EnvironmentFile") == ["/etc/portal/env"]


def test_only_the_web_keeps_a_pool_of_connections():
    unpooled = {unit.name for unit in SERVICES if "DB_POOL=0" in lines(unit, "Environment")}
    assert unpooled == {unit.name for unit in SERVICES} - {"portal-web.service"}


def test_the_target_starts_everything():
    wanted = {name for line in lines(DEPLOY / "portal.target", "Wants") for name in line.split()}
    timed = {unit.stem for unit in DEPLOY.glob("*.timer")}
    assert wanted == {unit.name for unit in UNITS if unit.suffix != ".target" and unit.name not in
                      {f"{stem}.service" for stem in timed}}  # fmt: skip


def test_every_name_of_the_environment_is_read_by_the_settings():
    text = (DEPLOY / "env.example").read_text("utf-8")
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.MULTILINE)) - {"DJANGO_SETTINGS_MODULE"}
    settings = "\n".join(path.read_text("utf-8") for path in (ROOT / "config" / "settings").glob("*.py"))
    read = set(re.findall(r'env_\w+\("([A-Z_]+)"', settings))
    assert {name.removesuffix("_FILE") for name in named} <= read
    needed = set(re.findall(r'env_\w+\("([A-Z_]+)"\)', settings))
    assert needed <= {name.removesuffix("_FILE") for name in named}


def test_the_example_environment_starts_the_production_settings(tmp_path, plain_env):
    for name in ("secret_key", "id_hash_key"):
        (tmp_path / name).write_text("not-a-secret-" + "x" * 40)
    text = (DEPLOY / "env.example").read_text("utf-8").replace("/etc/portal", str(tmp_path))
    env = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "python", "manage.py", "check", "--deploy", "--fail-level", "ERROR"],
        cwd=ROOT, env=plain_env | env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_nginx_and_the_portal_mean_the_same_places():
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    env = (DEPLOY / "env.example").read_text("utf-8")
    socket = lines(DEPLOY / "portal-web.socket", "ListenStream")[0]
    var = re.search(r"^VAR_DIR=(.+)$", env, re.MULTILINE)[1]
    accel = re.search(r"^MEDIA_ACCEL=(.+)$", env, re.MULTILINE)[1]
    assert f"server unix:{socket} " in site
    assert f"alias {var}/collected/;" in site
    assert re.search(rf"location {accel} \{{\s+internal;\s+alias {var}/media/;", site)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine: units were NOT verified")
def test_systemd_takes_the_units(tmp_path):
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text("utf-8").replace(HOME, str(ROOT)), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "portal" in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx on this machine: its site was NOT verified")
def test_nginx_takes_the_site(tmp_path):
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=portal.example",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    (tmp_path / "portal-proxy.conf").write_text((DEPLOY / "portal-proxy.conf").read_text("utf-8"))
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    site = site.replace("/etc/letsencrypt/live/portal.example", str(tmp_path)).replace("/etc/nginx", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/log;\nevents {{}}\n"
        f"http {{\naccess_log off;\nclient_body_temp_path {tmp_path}/body;\n{site}\n}}\n"
    )
    done = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
