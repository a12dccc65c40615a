"""A step does its work once, whatever Prefect makes of showing it."""

import pytest

from flows import prefect_steps


def showing(*, before=None, after=None):
    """Prefect's task, which calls what it is given, or fails before or after that."""

    class Task:
        def __init__(self, call, **_shown):
            self.call = call

        def __call__(self, **_how):
            if before:
                raise before
            try:
                self.call()
            except Exception:  # noqa: BLE001 - Prefect turns it into a state
                return
            if after:
                raise after

    return Task


@pytest.mark.parametrize(
    "shown",
    [
        showing(),
        showing(before=RuntimeError("no server")),
        showing(after=RuntimeError("no server")),
    ],
    ids=["shown", "not begun", "ended, and not shown"],
)
def test_the_work_is_done_once(monkeypatch, shown):
    monkeypatch.setattr(prefect_steps, "Task", shown)
    done = []
    value = prefect_steps.prefect_step("send", lambda: done.append("sent") or "its value")
    assert (value, done) == ("its value", ["sent"])


def test_what_the_work_raises_is_raised_and_it_is_not_done_again(monkeypatch):
    monkeypatch.setattr(prefect_steps, "Task", showing())
    tried = []

    def work():
        tried.append("once")
        raise ValueError("a page that cannot be read")

    with pytest.raises(ValueError, match="cannot be read"):
        prefect_steps.prefect_step("check page", work, about="Sutton")
    assert tried == ["once"]
