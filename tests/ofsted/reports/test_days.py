from datetime import date

import pytest

from ofsted.reports.days import read_span


@pytest.mark.parametrize(
    ("printed", "first", "last"),
    [
        ("16 June to 20 June 2025", date(2025, 6, 16), date(2025, 6, 20)),
        ("6 to 10 December 2021", date(2021, 12, 6), date(2021, 12, 10)),
        ("8 July 2019 to 12 July 2019", date(2019, 7, 8), date(2019, 7, 12)),
        ("04 May 2018 to 11 May 2018", date(2018, 5, 4), date(2018, 5, 11)),
        ("11 – 22 July 2022", date(2022, 7, 11), date(2022, 7, 22)),
        ("5 November–16 November 2018", date(2018, 11, 5), date(2018, 11, 16)),
        ("20 June 2017 ─ 13 July 2017", date(2017, 6, 20), date(2017, 7, 13)),
        ("18 Feb 2014 – 12 March 2014", date(2014, 2, 18), date(2014, 3, 12)),
        ("14 January 2014- 5 February 2014", date(2014, 1, 14), date(2014, 2, 5)),
        ("11 to 22 Sept 2023", date(2023, 9, 11), date(2023, 9, 22)),
        ("1/06/2015 – 25/06/2015", date(2015, 6, 1), date(2015, 6, 25)),
        ("12/09/2016 to 06/10/2016", date(2016, 9, 12), date(2016, 10, 6)),
        ("28 July 2016", date(2016, 7, 28), date(2016, 7, 28)),
        ("the 15 and 16 of May 2018".removeprefix("the "), date(2018, 5, 15), date(2018, 5, 16)),
        ("15, 16 and 21 July 2025", date(2025, 7, 15), date(2025, 7, 21)),
        ("Monday 16 June to Friday 20 June 2025", date(2025, 6, 16), date(2025, 6, 20)),
        ("29 and 30 September, and 1 October 2020", date(2020, 9, 29), date(2020, 10, 1)),
        ("from 16 to 20 June 2025", date(2025, 6, 16), date(2025, 6, 20)),
        ("Between 16 June and the 20th of June 2025", date(2025, 6, 16), date(2025, 6, 20)),
        ("16 th – 20 th June 2025", date(2025, 6, 16), date(2025, 6, 20)),
        ("Mon 16 June to Fri 20 June 2025", date(2025, 6, 16), date(2025, 6, 20)),
        ("16 June 2025 to 20 June", date(2025, 6, 16), date(2025, 6, 20)),
        ("16 to20\N{NO-BREAK SPACE}June 2025", date(2025, 6, 16), date(2025, 6, 20)),
        ("16/06/25 - 20/06/25", date(2025, 6, 16), date(2025, 6, 20)),
        ("16.06.2025 to 20.06.2025", date(2025, 6, 16), date(2025, 6, 20)),
        ("June 16 to 20, 2025", date(2025, 6, 16), date(2025, 6, 20)),
        ("September 30 to October 4 2019", date(2019, 9, 30), date(2019, 10, 4)),
    ],
)
def test_days_are_read_in_every_form_that_reports_print(printed, first, last):
    assert read_span(printed) == ((first, last), "")


@pytest.mark.parametrize(
    ("printed", "first", "last"),
    [
        (
            "8 July 2019 to 12 July 2019 and 7 August 2019 to 8 August 2019",
            date(2019, 7, 8),
            date(2019, 8, 8),
        ),
        (
            "5 to 9 December 2022 and 14 to 15 February 2023",
            date(2022, 12, 5),
            date(2023, 2, 15),
        ),
        (
            "30 September to 11 October 2024 and 13 to 16 January 2025",
            date(2024, 9, 30),
            date(2025, 1, 16),
        ),
        (
            "19 November-11 December 2013 and 28 – 30 January 2014",
            date(2013, 11, 19),
            date(2014, 1, 30),
        ),
        ("6 to 10 and 13 to 17 May 2024", date(2024, 5, 6), date(2024, 5, 17)),
        ("6 to 10 May 2024; from 13 to 17 May 2024", date(2024, 5, 6), date(2024, 5, 17)),
    ],
)
def test_of_two_visits_the_first_day_is_of_the_first_and_the_last_of_the_last(printed, first, last):
    assert read_span(printed) == ((first, last), "")


def test_a_first_day_without_a_year_may_lie_in_the_year_before():
    found = read_span("18 December to 12 January 2018")
    assert found == ((date(2017, 12, 18), date(2018, 1, 12)), "")


def test_a_year_may_be_given_from_outside():
    assert read_span("16 May and 20 May", year=2016) == ((date(2016, 5, 16), date(2016, 5, 20)), "")


def test_what_follows_the_days_is_handed_back():
    assert read_span("26 and 27 June 2018. Your inspectors") == (
        (date(2018, 6, 26), date(2018, 6, 27)),
        ". your inspectors",
    )


@pytest.mark.parametrize(
    "printed", ["", "June 2025", "31 June 2025", "16 to 20", "in the autumn", "May 2025"]
)
def test_what_is_no_day_is_not_made_one(printed):
    assert read_span(printed) is None
