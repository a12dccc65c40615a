"""What a report is called that its own document does not name."""

import pytest

from notifications.words.labels import likely_kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Children's services inspection", "ilacs"),
        ("Children\u2019s services focused visit", "focused_visit"),
        ("Children's services monitoring visit", "monitoring_visit"),
        ("Children's services inspection - monitoring visit", "monitoring_visit"),
        ("Children's services focused visit: monitoring visit", "monitoring_visit"),
        ("Area SEND full inspection", "area_send"),
        ("Area SEND monitoring inspection", "unknown"),
        ("Area SEND monitoring visit", "unknown"),
        ("Area SEND revisit", "unknown"),
        ("Joint area child protection inspection", "jtai"),
        ("Joint area child protection inspection: monitoring", "unknown"),
    ],
)
def test_a_title_of_monitoring_is_not_taken_for_what_it_follows_up(title, kind):
    assert likely_kind("unknown", title) == kind
    assert likely_kind("letter", title) == "letter"
