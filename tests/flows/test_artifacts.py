"""What Prefect's UI shows, made out of our own database."""

import re
from dataclasses import replace

import pytest
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from flows.comparing.history_table import history_table
from flows.presenting import artifacts
from flows.presenting.round_headline import headline, tags
from tests.installation import OPERATORS, REPORT_2025, SCRUTINY, TEXT_DOUBTFUL, pdf
from tests.notifications.variants import reading

KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
OUTSTANDING, GOOD = "\N{LARGE BLUE SQUARE} Outstanding", "\N{LARGE GREEN SQUARE} Good"
HONEST = "Open Government Licence v3.0. Source: Ofsted"


def written(found):
    return {each.key: each for each in found}


def tables(artifact):
    page = lxml_html.fromstring(
        MarkdownIt("gfm-like", {"linkify": False}).render(artifact.markdown)
    )
    return [
        [[cell.text_content() for cell in row] for row in table.iter("tr")]
        for table in page.iter("table")
    ]


@pytest.mark.both_databases
def test_a_check_that_finds_a_report_writes_all_pages_and_a_quiet_one_health_alone(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    checked = installation.check()
    assert headline([checked]) == "1 new report: Sutton, children's services inspection"
    assert list(written(artifacts.after_checks(installation.context(), [checked]))) == [
        "sutton-judgements",
        "sutton-report-50283346",
        "news",
        "health",
    ]
    installation.later(minutes=15)
    assert list(
        written(artifacts.after_checks(installation.context(), [installation.check()]))
    ) == ["health"]


def test_the_night_writes_everything_again(announced):
    found = written(artifacts.everything(announced.context()))
    assert set(found) == {"sutton-judgements", "sutton-report-50283346", "news", "health"}
    for key, artifact in found.items():
        assert KEY.fullmatch(key)
        assert HONEST in artifact.markdown.replace("\\", "")
        assert "not an Ofsted service" in artifact.markdown
        assert "You are receiving this" not in artifact.markdown


@pytest.mark.both_databases
def test_the_newest_report_of_an_authority_keeps_its_page_through_the_years(announced):
    announced.later(days=800)
    assert "sutton-report-50283346" in written(artifacts.everything(announced.context()))


def test_the_grid_is_judgements_by_inspections_oldest_first_as_in_email_and_cards(announced):
    found = written(artifacts.everything(announced.context()))["sutton-judgements"]
    [rows] = tables(found)
    assert rows[:4] == [
        ["Judgement", "December 2021", "June 2025"],
        ["Impact of leaders on social work practice", OUTSTANDING, GOOD],
        ["Children who need help and protection", GOOD, GOOD],
        ["Children in care", "graded together with care leavers", GOOD],
    ]
    assert rows[-2:] == [
        ["Framework", "ILACS 2018", "ILACS 2018 (care leavers graded separately)"],
        ["Report", "published 1 February 2022", "published 29 July 2025"],
    ]


def test_a_report_is_shown_with_before_and_after_what_must_improve_and_its_link(announced):
    found = written(artifacts.everything(announced.context()))["sutton-report-50283346"]
    assert tables(found)[0][1] == [
        "Impact of leaders on social work practice",
        OUTSTANDING,
        GOOD,
        "lowered",
    ]
    assert "What needs to improve" in found.markdown
    assert "(https://files.ofsted.gov.uk/v1/file/50283346)" in found.markdown


def test_the_news_artifact_lists_what_readers_were_sent_in_twelve_months(announced):
    [rows] = tables(artifacts.news(announced.context()))
    subject = "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    assert rows == [["Date", "Alert", "Link"], ["29 July 2025", subject, "report"]]
    announced.later(days=370)
    assert "No alerts were sent" in artifacts.news(announced.context()).markdown


def test_health_names_every_problem_and_when_the_page_was_seen(announced):
    well = artifacts.health(announced.context())
    assert well.description == "All well"
    assert tables(well)[0][1][:3] == ["Sutton", "ok", "10:30 on 29 July 2025"]
    announced.fake_ofsted.misbehave("/provider/44/80515", 503)
    announced.checks(3, hours=1)
    ill = artifacts.health(announced.context())
    assert ill.description == "1 issue needs attention"
    assert "Sutton: unreachable since 11:30 on 29 July 2025" in ill.markdown.replace("\\", "")


def test_a_grade_that_is_in_doubt_is_in_no_grid(announced):
    announced.publish(replace(REPORT_2025, file_id="50290000", data=pdf(TEXT_DOUBTFUL)))
    announced.check()
    [rows] = tables(written(artifacts.everything(announced.context()))["sutton-judgements"])
    assert {row[-1] for row in rows[1:-2]} <= {
        "not read reliably",
        GOOD,
        "graded together with care leavers",
        "graded separately",
    }
    assert any("not read reliably" in row for row in rows)


@pytest.mark.parametrize(
    ("framework", "grades", "key", "said"),
    [
        ("ilacs_2026", "GGGG", "overall", "no longer given"),
        ("ilacs_2018", "GGGG", "in_care", "graded together with care leavers"),
        ("sif_2013", "RRRGRRR", "leaders", "not given"),
    ],
)
def test_an_empty_place_says_why(framework, grades, key, said):
    class Inspected:
        published, status, predecessors = None, "read", ()

        def __init__(self, name, letters, year):
            found = reading(name, letters, REPORT_2025.published.replace(year=year))
            self.framework, self.judgements = name, found.judgements
            self.last_day = found.last_day

    drawn = history_table(
        [Inspected("ilacs_2023", "GGGGG", 2024), Inspected(framework, grades, 2025)]
    )
    [line] = [each for each in drawn.lines if each.key == key]
    assert line.cells == ("Good", said)
    assert drawn.heads == ("July 2024", "July 2025")


def test_runs_are_tagged_with_the_authorities_they_checked(installation):
    checked = installation.check()
    assert tags([checked]) == ["ofsted-watch", "sutton"]
    assert tags([checked] * 11) == ["ofsted-watch"]
    assert tags([replace(checked, result="changed"), *[checked] * 10]) == ["ofsted-watch", "sutton"]
    assert tags([replace(checked, result="first")] * 153) == ["ofsted-watch"]


@pytest.mark.both_databases
def test_foreign_text_stays_text(installation):
    installation.settings["recipients"] = [SCRUTINY, OPERATORS]
    harm = "[a](javascript:x) <img src=x> | ![p](https://e.example/p.png)"
    installation.publish(replace(REPORT_2025, title=harm, data=b"no report"))
    installation.checks(3, hours=1)
    for artifact in artifacts.everything(installation.context()):
        tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(artifact.markdown)
        flat = [inner for token in tokens for inner in (token, *(token.children or ()))]
        assert not {each.type for each in flat} & {"html_inline", "html_block", "image"}
        links = [each.attrGet("href") for each in flat if each.type == "link_open"]
        assert all(str(link).startswith("https://") for link in links)


def test_a_description_is_markdown_too_and_a_title_in_it_stays_text(installation):
    harm = "[go](javascript:x) <img src=x>"
    installation.publish(
        replace(REPORT_2025, title=harm, data=pdf("A note of no kind that is known."))
    )
    installation.check()
    described = [each.description for each in artifacts.everything(installation.context())]
    assert any("javascript" in each for each in described)
    for description in described:
        (inline,) = [
            token.children or ()
            for token in MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(description)
            if token.type == "inline"
        ]
        assert {each.type for each in inline} == {"text"}


def test_the_label_of_a_link_is_written_as_it_is_read(announced):
    """Prefect's UI shows it as it stands: a backslash in it would be seen."""
    found = written(artifacts.everything(announced.context()))
    labels = [
        label
        for artifact in found.values()
        for label in re.findall(r"\[([^\]]*)\]\(https", artifact.markdown)
    ]
    assert "Report (PDF)" in labels
    assert not [label for label in labels if "\\" in label]
