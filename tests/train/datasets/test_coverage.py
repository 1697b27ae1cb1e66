import pytest

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from train.datasets.coverage import Coverage, check_coverage, coverage
from train.errors import DatasetError

_WORDS = Vocabulary((*SPECIALS, "a", "dog", "runs"))


def test_what_a_vocabulary_lacks() -> None:
    assert coverage(["A dog runs .", "A cat"], _WORDS) == Coverage(2, 5, 1)
    assert coverage(["A dog runs .", "A cat"], _WORDS).share == 0.2
    assert coverage([], _WORDS).share == 0.0
    assert coverage(["...", "🐶"], _WORDS).share == 1.0


def test_the_shares_are_said() -> None:
    said: list[str] = []
    check_coverage(Coverage(2, 100, 3), Coverage(1, 50, 5), 0.4, False, said.append)
    assert said == ["unknown to the vocabulary: 3.0% of the words of the training captions and 10.0% of those of dev"]


@pytest.mark.parametrize(
    ("train", "dev", "taken_over", "remedy"),
    [
        (Coverage(10, 100, 93), Coverage(1, 10, 9), True, "--new-decoder"),
        (Coverage(10, 100, 50), Coverage(1, 10, 1), False, "lower --min-count"),
        (Coverage(100, 110, 80), Coverage(10, 11, 9), False, "part their words with spaces"),
        (Coverage(100, 110, 0), Coverage(10, 11, 11), False, "part their words with spaces"),
        (Coverage(10, 0, 0), Coverage(0, 0, 0), False, "part their words with spaces"),
    ],
)
def test_too_little_is_refused_with_the_remedy(train: Coverage, dev: Coverage, taken_over: bool, remedy: str) -> None:
    with pytest.raises(DatasetError, match=remedy) as caught:
        check_coverage(train, dev, 0.4, taken_over, lambda line: None)
    assert str(caught.value).endswith("or pass --max-unknown 1 to train all the same")
    check_coverage(train, dev, 1.0, taken_over, lambda line: None)
