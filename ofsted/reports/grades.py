"""Labels and grades told by the words of `words.py`, and the doubts about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ofsted.reports.model import UNKNOWN, Doubt, Grade, Judgement
from ofsted.reports.words import GRADES, Label, letters

_GRADES = {letters(word.words): word for word in GRADES}


def is_grade(text: str) -> bool:
    """Whether a text is a grade word and nothing else."""
    return letters(text) in _GRADES


def grade_of(text: str) -> Grade | None:
    """The canonical grade of a grade word; None for a word outside the four."""
    word = _GRADES.get(letters(text))
    return word.grade if word else None


def ending_grade(text: str) -> tuple[str, str] | None:
    """A text parted before the longest grade word that it ends in; None where it ends in none."""
    words = text.split()
    for start in range(max(len(words) - 5, 0), len(words)):
        grade = " ".join(words[start:])
        if is_grade(grade):
            return " ".join(words[:start]), grade
    return None


def key_of(label: str, labels: Iterable[Label]) -> str:
    """The key of a label as printed, or `UNKNOWN`."""
    wanted = letters(label)
    return next((known.key for known in labels if letters(known.words) == wanted), UNKNOWN)


def judged(label: str, printed: str, page: int | None, labels: Iterable[Label]) -> Judgement:
    """A judgement out of a row's two texts, verbatim."""
    return Judgement(key_of(label, labels), label, printed, grade_of(printed), page)


def doubts_of_words(judgements: Sequence[Judgement], labels: Iterable[Label]) -> list[Doubt]:
    """Labels and grade words that no data names, with the nearest known wording."""
    wordings = [known.words for known in labels]
    doubts = [
        Doubt(
            f"unknown label; {_advice(judgement.label, wordings)}",
            (f"{judgement.label}: {judgement.printed}",),
        )
        for judgement in judgements
        if judgement.key == UNKNOWN
    ]
    return doubts + [
        Doubt(
            f"unknown grade word; {_advice(judgement.printed, [word.words for word in GRADES])}",
            (f"{judgement.label}: {judgement.printed}",),
        )
        for judgement in judgements
        if not is_grade(judgement.printed)
    ]


def doubts_of_witnesses(
    table: Sequence[Judgement], body: Sequence[Judgement], silent: frozenset[str]
) -> list[Doubt]:
    """Where the judgement table and the body of the report do not say the same.

    Args:
        table: what the table says.
        body: what headings and sentences of the body say; any number for a key.
        silent: keys for which the body of a report says nothing.
    """
    doubts = []
    for judgement in table:
        said = [other for other in body if other.key == judgement.key]
        lines = tuple(f"{other.label}: {other.printed}" for other in (judgement, *said))
        if not said and judgement.key not in silent:
            doubts.append(Doubt("no heading in the body carries this grade", lines))
        elif any(other.grade != judgement.grade for other in said):
            doubts.append(Doubt("the judgement table and the body disagree", lines))
    return doubts


def doubts_of_repeats(judgements: Sequence[Judgement]) -> list[Doubt]:
    """Judgements that stand twice in the table."""
    keys = [judgement.key for judgement in judgements if judgement.key != UNKNOWN]
    return [
        Doubt(
            f"{key} stands in the judgement table more than once",
            tuple(f"{one.label}: {one.printed}" for one in judgements if one.key == key),
        )
        for key in sorted({key for key in keys if keys.count(key) > 1})
    ]


def _advice(found: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches  # only here: most reports have nothing unknown

    nearest = get_close_matches(found, known, n=1, cutoff=0.0)
    near = f"the nearest known is {nearest[0]!r}; " if nearest else ""
    return f"{near}if it means the same, add a line to ofsted/reports/words.py"
