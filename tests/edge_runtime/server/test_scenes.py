from edge_runtime.events import AlertEvent
from edge_runtime.server.live.scenes import Scenes
from tests.edge_runtime.server.made_scenes import START, jpeg, later, scene


def test_a_scene_is_as_it_was_told_last() -> None:
    scenes = Scenes()
    first = scene("a dog", 1)
    scenes.take(first)
    scenes.alert(AlertEvent("dogs", first, START))
    scenes.take(later(first, "update", "a dog on a couch"))
    found = scenes.take(later(first, "end", "a dog on a couch"))
    told = found.to_dict()
    assert (told["caption"], told["rules"], told["ended_at"]) == (
        "a dog on a couch",
        ["dogs"],
        "2023-11-14T22:14:50.000Z",
    )
    assert len(scenes) == 1
    assert scenes.alert(AlertEvent("cats", scene("a cat", 9), START)) is None


def test_the_oldest_go() -> None:
    scenes = Scenes(most=3)
    for number in range(5):
        scenes.take(scene(f"scene {number}", number))
    assert [found.event.text for found in scenes.newest_first()] == ["scene 4", "scene 3", "scene 2"]
    assert scenes.get(scene("", 0).id) is None


def test_pictures_are_bounded_in_bytes_and_have_one_owner() -> None:
    picture = jpeg(7, (320, 240))
    scenes = Scenes(most_bytes=3 * len(picture))
    for number in range(6):
        scenes.take(scene(f"scene {number}", number, picture=picture))
    assert [bool(found.jpeg) for found in scenes.newest_first()] == [True, True, True, False, False, False]
    assert not any(found.event.jpeg or found.event.features.size for found in scenes.newest_first())
    assert scenes._bytes == 3 * len(picture)
    scenes.take(later(scene("scene 5", 5, picture=picture + b"x"), "update"))
    assert scenes._bytes <= 3 * len(picture)
    # An end without a picture keeps the one that there is.
    assert scenes.take(later(scene("scene 5", 5, picture=b""), "end")).jpeg == picture + b"x"
