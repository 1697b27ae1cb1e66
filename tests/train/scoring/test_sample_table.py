from train.scoring.sample_table import sampled_table

_CAPTIONS = {f"{n}.jpg": f"a dog | {n}" for n in range(50)}
_REFERENCES = {name: (f"A dog of {name} .", "another") for name in _CAPTIONS}


def _pictures(seed: int, count: int = 20) -> list[str]:
    rows = sampled_table(_CAPTIONS, _REFERENCES, count, seed).splitlines()[2:]
    return [row.split("`")[1] for row in rows]


def test_the_seed_picks_whatever_the_order() -> None:
    turned = dict(reversed(_CAPTIONS.items()))
    assert sampled_table(turned, _REFERENCES, 20, 3) == sampled_table(_CAPTIONS, _REFERENCES, 20, 3)
    assert _pictures(3) != _pictures(4)
    assert len(set(_pictures(3))) == 20


def test_fewer_than_asked_for_are_all_of_them() -> None:
    assert sorted(_pictures(0, 80)) == sorted(_CAPTIONS)


def test_a_row_is_three_cells() -> None:
    first = sampled_table({"1.jpg": "a | b"}, {"1.jpg": (" A b .\n",)}, 1, 0).splitlines()[2]
    assert first == "| `1.jpg` | a \\| b | A b . |"
