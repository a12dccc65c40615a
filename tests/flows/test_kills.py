"""Killed at any step, the same command again completes it, and nobody is alerted twice."""

import pytest

from tests.kills import Kills

pytestmark = [pytest.mark.system, pytest.mark.long(100)]
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
# The works of a check and of its messages, and those that rewrite alerts; `make soak` has
# some hundred kills more, of every work on either database.
SEEDS = {"sqlite": (2, 3, 4, 6, 10, 11, 14), "postgresql": (3, 4)}
KILLS = [(kind, seed) for kind, seeds in SEEDS.items() for seed in seeds]


@pytest.fixture(scope="session")
def kills(tmp_path_factory, snapshots):
    return Kills(snapshots, tmp_path_factory.mktemp("kills"))


@pytest.mark.parametrize(("databases", "seed"), KILLS, indirect=["databases"])
def test_a_kill_at_any_step_loses_nothing_and_alerts_nobody_twice(seed, kills):
    kills.kill(seed)


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", [3])
def test_several_kills_in_a_row_also_of_two_at_once_lose_nothing(seed, kills):
    kills.kill_in_a_row(seed)


@ON_SQLITE
def test_what_is_announced_at_the_end_of_a_check_outlives_a_kill_before_its_end(kills):
    kills.kill_before_each_commit("check of files reissued", after="archive", until="email")


@ON_SQLITE
@pytest.mark.parametrize("seed", [3, 4])
def test_a_disk_that_is_full_for_a_while_is_said_and_loses_nothing(seed, kills):
    kills.fill_disk(seed)
