"""What is installed, and what runs in the workflows, is named by its hash."""

import re
from pathlib import Path

import pytest
import yaml

HOME = Path(__file__).parents[2]
WORKFLOWS = sorted((HOME / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_is_locked_with_its_hash(name):
    text = re.sub(r"(?m)^\s*#.*\n", "", (HOME / name).read_text()).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) > 50
    for line in lines:
        assert re.match(r"[a-z0-9.-]+(\[\w+\])?==\S+", line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_what_is_named_by_hash_and_may_only_read(workflow):
    text = workflow.read_text()
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one)] == []
    found = yaml.safe_load(text)
    assert found["permissions"] == {"contents": "read"}
    assert [job for job in found["jobs"].values() if "permissions" in job] == []
    steps = [step for job in found["jobs"].values() for step in job["steps"]]
    checkouts = [step for step in steps if "checkout" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert "pull_request_target" not in text


def test_the_locked_packages_are_audited_in_a_workflow():
    assert any("make audit" in workflow.read_text() for workflow in WORKFLOWS)
