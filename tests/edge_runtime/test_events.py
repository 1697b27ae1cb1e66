from edge_runtime.events import Counters


def test_counters_of_several_sources_together() -> None:
    one = Counters(frames=10, looked_at=5, captions=2, lost=1)
    other = Counters(frames=1, looked_at=1, captions=1, recovered=1)
    assert Counters.total([one, other]) == Counters(frames=11, looked_at=6, captions=3, lost=1, recovered=1)
    assert Counters.total([]) == Counters()
