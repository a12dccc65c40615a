"""The known labels and grade words of one kind of report, and doubts about unknown ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ofsted.reports.model import UNKNOWN, Doubt, Grade, Judgement
from ofsted.reports.words import GRADES, GradeWord, Label, letters, without_footnote

_LONGEST_GRADE = 5  # words: `Requires improvement to be good`
_NEAR = 0.93  # of a heading's letters in order, to be taken for a known one


@dataclass(frozen=True)
class Vocabulary:
    """What a kind of report calls its judgements and grades."""

    labels: tuple[Label, ...]
    grades: tuple[GradeWord, ...] = GRADES

    def key(self, label: str) -> str:
        """The key of a label as printed, or `unknown`."""
        return self._keys.get(letters(without_footnote(label)), UNKNOWN)

    def near_key(self, label: str) -> str:
        """The same for a heading of the body, a slip of a letter or two forgiven.

        Only for second witnesses: a label of the judgement table is known or in doubt.
        """
        key = self.key(label)
        if key != UNKNOWN:
            return key
        from difflib import get_close_matches  # only here: most reports have nothing unknown

        nearest = get_close_matches(letters(label), self._keys, 1, _NEAR)
        return self._keys[nearest[0]] if nearest else key

    def knows(self, printed: str) -> bool:
        """Whether a text is a grade word and nothing else."""
        return self._word(printed) is not None

    def grade(self, printed: str) -> Grade | None:
        """The canonical grade of a grade word; None for a word outside the four."""
        word = self._word(printed)
        return word.grade if word else None

    def ending(self, text: str) -> tuple[str, str] | None:
        """A text parted before the longest grade word that it ends in; None: it ends in none."""
        words = without_footnote(text).split()
        if not words or not letters(words[-1]).endswith(self._ends):
            return None
        for start in range(max(len(words) - _LONGEST_GRADE, 0), len(words)):
            printed = " ".join(words[start:])
            if self.knows(printed):
                return " ".join(words[:start]), printed
        return None

    def judged(self, label: str, printed: str, page: int | None) -> Judgement:
        """A judgement out of the texts of a table's row, verbatim but for a footnote's number."""
        bare = without_footnote(printed)
        printed = bare if self.knows(bare) else printed
        return Judgement(
            self.key(label), without_footnote(label), printed, self.grade(printed), page
        )

    def doubts(self, table: Sequence[Judgement]) -> Iterator[Doubt]:
        """Doubts about unknown labels and grade words, with the nearest known; repeated keys."""
        for judgement in table:
            if judgement.key == UNKNOWN:
                yield Doubt(
                    f"unknown label; {self._advice(judgement.label)}", as_lines([judgement])
                )
        for judgement in table:
            if not self.knows(judgement.printed):
                advice = self._advice_on_grade(judgement.printed)
                yield Doubt(f"unknown grade word; {advice}", as_lines([judgement]))
        keys = [judgement.key for judgement in table if judgement.key != UNKNOWN]
        for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
            lines = as_lines(one for one in table if one.key == key)
            yield Doubt(f"{key.replace('_', ' ')} is in the judgement table more than once", lines)

    def _advice(self, label: str) -> str:
        nearest = self.labels[_nearest(label, [one.words for one in self.labels])]
        return _advice(nearest.words, f"Label({nearest.key!r}, {label!r}, 'where it was seen')")

    def _advice_on_grade(self, printed: str) -> str:
        nearest = self.grades[_nearest(printed, [one.words for one in self.grades])]
        line = f"GradeWord({printed!r}, {nearest.grade!r}, 'where it was seen')"
        return _advice(nearest.words, line)

    def _word(self, printed: str) -> GradeWord | None:
        return self._words.get(letters(printed))

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {letters(one.words): one.key for one in self.labels}

    @cached_property
    def _words(self) -> dict[str, GradeWord]:
        return {letters(word.words): word for word in self.grades}

    @cached_property
    def _ends(self) -> tuple[str, ...]:
        """What the last word of a grade ends in."""
        return tuple({letters(word.words.split()[-1]) for word in self.grades})


def as_lines(judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """Judgements as lines of a doubt: `label: grade`, both as printed."""
    return tuple(f"{judgement.label}: {judgement.printed}" for judgement in judgements)


def doubts_of_witnesses(
    table: Sequence[Judgement], body: Sequence[Judgement], silent: frozenset[str] = frozenset()
) -> Iterator[Doubt]:
    """Doubts where the judgement table and the body of a report do not agree.

    Args:
        table: the judgements of the table.
        body: those of headings and sentences in the body; any number for a key.
        silent: keys that the body need not have.
    """
    for judgement in table:
        others = [other for other in body if other.key == judgement.key]
        if any(other.grade != judgement.grade for other in others):
            yield Doubt(
                "the judgement table and the headings in the report disagree",
                as_lines([judgement, *others]),
            )
        elif not others and judgement.key not in silent:
            yield Doubt("no heading in the report gives this grade", as_lines([judgement]))


def _nearest(found: str, known: Sequence[str]) -> int:
    from difflib import SequenceMatcher

    likeness = [SequenceMatcher(None, found.casefold(), one.casefold()).ratio() for one in known]
    return likeness.index(max(likeness))


def _advice(nearest: str, line: str) -> str:
    return (
        f"the nearest known is {nearest!r}; "
        f"if it means the same, add the line {line} to ofsted/reports/words.py"
    )
