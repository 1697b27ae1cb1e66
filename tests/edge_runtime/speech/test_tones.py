import numpy as np

from edge_runtime.speech.tones import Tone, sound_of


def test_each_is_short_quiet_and_another() -> None:
    sounds = [sound_of(tone) for tone in Tone]
    assert len({sound.samples for sound in sounds}) == len(sounds) == 4
    for sound in sounds:
        samples = np.frombuffer(sound.samples, "<i2")
        assert 0.1 <= len(sound.samples) / sound.format.bytes_per_second <= 0.8
        assert 8000 < np.abs(samples).max() < 8300  # a quarter of the loudest
        assert abs(int(samples[0])) < 100
        assert abs(int(samples[-1])) < 300


def test_pitches_are_what_they_say() -> None:
    def pitch(samples: "np.typing.NDArray[np.int16]") -> float:
        return float(np.argmax(np.abs(np.fft.rfft(samples, 22_050))))

    ready = np.frombuffer(sound_of(Tone.READY).samples, "<i2")
    lost = np.frombuffer(sound_of(Tone.LOST).samples, "<i2")
    assert pitch(ready[:1700]) < pitch(ready[1800:])
    assert pitch(lost[:2600]) > pitch(lost[2700:])
