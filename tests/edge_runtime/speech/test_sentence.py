import pytest

from edge_runtime.speech.sentence import MOST_WORDS, spoken


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("a dog runs", "en", "a dog runs"),
        (
            "a man in a red shirt and a woman in a blue dress are standing next to a car",
            "en",
            "a man in a red shirt and a woman",
        ),
        (
            "perhaps a group of people sitting around a table in a living room with a large television",
            "en",
            "perhaps a group of people sitting around a table",
        ),
        (
            "a man wearing a blue shirt and black pants is riding a skateboard down a ramp",
            "en",
            "a man wearing a blue shirt and black pants",
        ),
        (
            "porch, a black and white photo of a train on the tracks in a very old station",
            "en",
            "porch, a black and white photo of a train on the tracks",
        ),
        # Nothing begins a phrase: cut at the last word that goes.
        ("a b c d e f g h i j k the m n", "en", "a b c d e f g h i j k"),
        ("of " * 14, "en", "of of of of of of of of of of of of"),
        (
            "Ein Mann in einem roten Hemd und eine Frau in einem blauen Kleid stehen neben einem Auto.",
            "de",
            "Ein Mann in einem roten Hemd und eine Frau",
        ),
        (
            "Um homem com uma camisa vermelha e uma mulher com um vestido azul estão em pé ao lado.",
            "pt-BR",
            "Um homem com uma camisa vermelha e uma mulher",
        ),
        (
            "一个穿着红色衬衫的男人和一个穿着蓝色连衣裙的女人正站在一辆黑色的汽车旁边。",
            "zh-Hans",
            "一个穿着红色衬衫的男人",
        ),
        ("两只狗在草地上奔跑。", "zh-Hans", "两只狗在草地上奔跑。"),
        # A language that nothing is known of.
        (
            "un deux trois quatre cinq six sept huit neuf dix onze douze treize",
            "fr",
            "un deux trois quatre cinq six sept huit neuf dix onze douze",
        ),
    ],
)
def test_it_ends_where_a_phrase_does(text: str, language: str, said: str) -> None:
    assert spoken(text, language) == said
    assert len(said.split()) <= MOST_WORDS


def test_nothing_steers_the_synthesizer() -> None:
    assert spoken("[[h@l'oU]] a\ndog\x00\x1b[2J\u2028runs ", "en") == "h@l'oU a dog 2J runs"
    assert spoken("\n\t", "en") == ""
