"""Secrets are generated, kept, private, and what is derived from them follows."""

import json

import pytest

from htx import secret_files
from htx.secret_files import COMPOSE, Addresses
from tests.refreshing import htx


def test_every_installation_has_others_and_keeps_them(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    names = secret_files.create(one, COMPOSE)
    secret_files.create(other, COMPOSE)
    assert len(names) == len({*names}) == 11
    for name in names:
        text = (one / name).read_text()
        assert len(text) > 20
        assert text != (other / name).read_text()
    assert secret_files.create(one, COMPOSE) == []


def test_only_the_owner_can_look(tmp_path):
    secret_files.create(tmp_path / "local", COMPOSE)
    assert (tmp_path / "local").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "local").iterdir()} == {0o600}
    made = htx("secrets", "create", tmp_path / "compose")
    assert (tmp_path / "compose").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "compose").iterdir()} == {0o444}
    assert secret_files.password(tmp_path / "compose") not in made.stdout


def test_a_rotated_password_reaches_what_is_made_of_it(tmp_path):
    secret_files.create(tmp_path, COMPOSE)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    (tmp_path / "redis_password").unlink()
    assert set(secret_files.create(tmp_path, COMPOSE)) == {"redis_password", "broker_address", "redis.acl"}
    password = (tmp_path / "redis_password").read_text()
    assert password != before["redis_password"]
    assert password in (tmp_path / "broker_address").read_text()
    assert password not in (tmp_path / "redis.acl").read_text()  # its hash alone


@pytest.mark.parametrize("name", ["metadata_address", "broker_address"])
def test_an_address_follows_the_port(tmp_path, name):
    secret_files.create(tmp_path, Addresses("127.0.0.1:1111", "127.0.0.1:2222"))
    assert secret_files.create(tmp_path, Addresses("127.0.0.1:3333", "127.0.0.1:4444")) == [
        "metadata_address",
        "broker_address",
    ]
    assert ("3333" if name == "metadata_address" else "4444") in (tmp_path / name).read_text()


def test_there_is_no_well_known_login(tmp_path):
    secret_files.create(tmp_path, COMPOSE)
    [(login, password)] = json.loads((tmp_path / "logins.json").read_text()).items()
    assert (login, password == login) == (secret_files.LOGIN, False)
