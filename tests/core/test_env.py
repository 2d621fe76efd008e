"""Settings from the environment: right values in their type, wrong ones with one sentence."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import database_url, env_bool, env_int, env_list, env_secret, env_str, env_url

NAME = "PORTAL_TRIED_SETTING"


@pytest.fixture
def given(monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)
    return lambda value, name=NAME: monkeypatch.setenv(name, value)


def sentence(read, *args, **options):
    with pytest.raises(ImproperlyConfigured) as stopped:
        read(*args, **options)
    text = str(stopped.value)
    assert text.endswith(".")
    assert text.count("\n") == 0
    return text


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (env_str, " a word ", "a word"),
        (env_int, "42", 42),
        (env_int, "-3", -3),
        (env_bool, "1", True),
        (env_bool, "TRUE", True),
        (env_bool, "0", False),
        (env_bool, "False", False),
        (env_list, "a, b,,c ,", ["a", "b", "c"]),
        (env_url, "https://city.example/x", "https://city.example/x"),
        (env_secret, " s3cret\n", "s3cret"),
    ],
)
def test_a_right_value_is_read_in_its_type(read, text, value, given):
    given(text)
    assert read(NAME) == value


@pytest.mark.parametrize("read", [env_str, env_int, env_bool, env_list, env_url, env_secret])
def test_a_missing_or_empty_variable_is_named(read, given):
    assert NAME in sentence(read, NAME)
    given("  ")
    assert "should be" in sentence(read, NAME)
    assert read(NAME, None) is None


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (env_int, "4.2"),
        (env_int, "many"),
        (env_bool, "yes"),
        (env_bool, "2"),
        (env_url, "ftp://city.example"),
        (env_url, "https://"),
        (env_url, "https://host:port"),
        (env_url, "city.example"),
    ],
)
def test_a_wrong_value_is_refused_without_repeating_it(read, text, given):
    given(text)
    told = sentence(read, NAME, None)
    assert told.startswith(f"{NAME} should be ")
    assert text not in told.replace("https:", "").replace("http:", "") or len(text) < 3


@pytest.mark.parametrize(
    ("text", "limits"), [("0", {"minimum": 1}), ("9", {"maximum": 8}), ("9", {"minimum": 1, "maximum": 8})]
)
def test_a_number_outside_its_limits_is_refused(text, limits, given):
    given(text)
    assert str(next(iter(limits.values()))) in sentence(env_int, NAME, **limits)


def test_a_secret_may_lie_in_a_file(given, tmp_path):
    path = tmp_path / "secret"
    path.write_text("from the file\n", encoding="utf-8")
    given(str(path), f"{NAME}_FILE")
    assert env_secret(NAME) == "from the file"
    given("directly too")
    assert "not both" in sentence(env_secret, NAME)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00"])
def test_a_secret_file_that_says_nothing_is_refused(content, given, tmp_path):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    given(str(path), f"{NAME}_FILE")
    assert f"{NAME}_FILE should be" in sentence(env_secret, NAME)


def test_other_addresses_may_be_allowed(given):
    given("unix:///run/valkey.sock")
    assert env_url(NAME, schemes=("redis", "unix")) == "unix:///run/valkey.sock"
    given("unix:")
    assert "redis" in sentence(env_url, NAME, schemes=("redis", "unix"))


def test_a_database_address_becomes_an_entry():
    entry = database_url("postgresql://us%40er:p%2Fw@db.example:6543/portal?sslmode=require", pool=False)
    assert entry["ENGINE"] == "django.db.backends.postgresql"
    assert (entry["USER"], entry["PASSWORD"]) == ("us@er", "p/w")
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db.example", "6543", "portal")
    assert entry["OPTIONS"] == {"sslmode": "require"}
    assert entry["CONN_MAX_AGE"] == 0


def test_a_pool_is_made_where_it_is_asked_for():
    pool = database_url("postgres://u:p@h/d", pool=True)["OPTIONS"]["pool"]
    assert pool["max_size"] >= pool["min_size"] > 0


@pytest.mark.parametrize(
    "url", ["postgresql://me@/portal?host=/Run/Pg&port=5433", "postgresql://me@%2FRun%2FPg:5433/portal"]
)
def test_a_socket_folder_keeps_its_letters(url):
    entry = database_url(url, pool=False)
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("/Run/Pg", "5433", "portal")
    assert entry["OPTIONS"] == {}


@pytest.mark.parametrize(
    "url", ["sqlite:///x.db", "postgresql://u:hidden@h", "postgresql://u:hidden@h:x/d", "", "hidden"]
)
def test_what_is_no_database_address_is_refused_without_its_password(url):
    told = sentence(database_url, url, pool=False)
    assert "DATABASE_URL should be" in told
    assert "hidden" not in told
