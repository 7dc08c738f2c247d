"""What the tasks share: lanes, what is tried again, and the one writer."""

from types import SimpleNamespace

import httpx
import pytest
from airflow.sdk.api.datamodels._generated import API_VERSION
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from htx import airflow_plugin, orchestration, refresh
from htx.home import Home
from htx.locking import HomeInUse, exclusively, held


def quiet(text):
    raise AssertionError(text)


def test_a_host_is_always_in_the_same_lane():
    hosts = {f"source_{n}": f"host{n % 40}.example" for n in range(500)}
    lanes = orchestration.lanes_of(hosts)
    assert sorted(name for lane in lanes for name in lane) == sorted(hosts)
    assert len(lanes) <= orchestration.LANES
    for place, lane in enumerate(lanes):
        assert {orchestration.lane_of(hosts[name]) for name in lane} <= {place}
    alone = orchestration.lanes_of({"source_7": hosts["source_7"]})
    assert alone[orchestration.lane_of(hosts["source_7"])] == ["source_7"]


def test_a_few_drop_folders_have_a_lane_each():
    assert orchestration.lanes_of({"a": None, "b": None, "c": None}) == [["a"], ["b"], ["c"]]
    assert orchestration.lanes_of({}) == []
    assert max(len(lane) for lane in orchestration.lanes_of({f"s{n:03}": None for n in range(500)})) == 63


@pytest.mark.parametrize("error", [ConnectionResetError("cut off"), AirflowSkipException("skip")])
def test_what_trying_again_can_help_is_left_to_airflow(error):
    def fails():
        raise error

    with pytest.raises(type(error)):
        orchestration._final(fails)()


def test_what_trying_again_can_not_help_fails_at_once_with_its_reason():
    def fails():
        raise ValueError("a.yml: key url: expected an address")

    with pytest.raises(AirflowFailException, match="key url"):
        orchestration._final(fails)()


def test_a_locked_database_is_tried_again_by_its_name():
    class IOException(Exception):
        """As DuckDB calls it."""

    def fails():
        raise IOException("could not set lock")

    with pytest.raises(IOException):
        orchestration._final(fails)()


def test_a_step_waits_for_a_refresh_by_hand_and_not_for_its_own(tmp_path, monkeypatch):
    home = Home(tmp_path)
    with exclusively(tmp_path, 0, quiet):
        assert held(tmp_path)
        with orchestration.writing(home):  # works for the refresh that holds the home
            pass
    assert not held(tmp_path)
    with exclusively(tmp_path, 0, quiet):
        monkeypatch.delenv("HTX_HOME_HELD")  # as a worker that was started by nobody who holds the home
        monkeypatch.setattr(orchestration, "WRITER_WAIT_SECONDS", 0.3)
        with pytest.raises(HomeInUse, match="another refresh"), orchestration.writing(home):
            pass


def test_each_fetch_task_has_the_pool_of_its_lane():
    def pool(task_id, map_index):
        instance = SimpleNamespace(dag_id="nightly_refresh", task_id=task_id, map_index=map_index, pool="default_pool")
        airflow_plugin.task_instance_mutation_hook(instance, None)
        return instance.pool

    assert pool("fetch", 3) == orchestration.fetch_pool(3)
    assert pool("fetch", -1) == pool("read", 3) == "default_pool"
    assert all(slots == 1 for slots, _ in orchestration.pools().values())
    assert {orchestration.fetch_pool(lane) for lane in range(orchestration.LANES)} < set(orchestration.pools())


def test_the_api_within_a_refresh_is_that_of_its_own_steps_and_answers_them(monkeypatch):
    from airflow.api_fastapi.execution_api import app, routes, versions

    every = versions.bundle.version_values
    monkeypatch.setattr(versions, "bundle", versions.bundle)
    monkeypatch.setattr(routes.execution_api_router, "routes", list(routes.execution_api_router.routes))
    refresh.current_api_only()
    made = app.InProcessExecutionAPI()
    assert [version.value for version in made.app.versions] == [API_VERSION] == [max(every)]
    with httpx.Client(transport=made.transport, base_url="http://in-process.invalid") as client:
        assert client.get("/health/ping", headers={"airflow-api-version": API_VERSION}).is_success
        assert client.get("/health/nothing", headers={"airflow-api-version": API_VERSION}).status_code == 404
