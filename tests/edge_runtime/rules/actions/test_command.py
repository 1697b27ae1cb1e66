import json
import os
import sys
import time
import wave
from pathlib import Path

import pytest

from edge_runtime.errors import ActionError, RuleError
from edge_runtime.events import AlertEvent
from edge_runtime.rules.actions.command import CommandAction, check_arguments
from edge_runtime.rules.actions.desktop import NotifyAction, SoundAction, write_tone
from tests.edge_runtime.sinks.made_scenes import JPEG, START, scene

ALERT = AlertEvent("my rule", scene("a $(touch x) {id} dog's; rm -rf", 1, source="caf\udce9\n"), START + 1)
_ECHO = "import json,sys; json.dump([a.encode('utf-8','surrogateescape').hex() for a in sys.argv[2:]], open(sys.argv[1],'w'))"


def _ran(out: Path, *arguments: str, alert: AlertEvent = ALERT) -> list[str]:
    CommandAction([sys.executable, "-c", _ECHO, str(out), *arguments], 20).act(alert)
    return [os.fsdecode(bytes.fromhex(one)) for one in json.loads(out.read_text())]


def test_arguments_are_taken_as_they_are(tmp_path: Path) -> None:
    found = _ran(tmp_path / "o", "{text}", "a {rule}:{id}", "{source}|{zone}", "$HOME *", "{}", '{"a": 1}', "{at}")
    assert found == [
        "a $(touch x) {id} dog's; rm -rf",
        "a my rule:018bcfe56800-000001",
        "caf\udce9\n|",
        "$HOME *",
        "{}",
        '{"a": 1}',
        "2023-11-14T22:13:21.000Z",
    ]
    assert not Path("x").exists()


def test_the_picture_is_a_file_that_is_gone_afterwards(tmp_path: Path) -> None:
    code = "import sys; open(sys.argv[1],'wb').write(open(sys.argv[2],'rb').read()); open(sys.argv[1]+'.path','w').write(sys.argv[2])"
    CommandAction([sys.executable, "-c", code, str(tmp_path / "o"), "{picture}"], 20).act(ALERT)
    assert (tmp_path / "o").read_bytes() == JPEG
    path = Path((tmp_path / "o.path").read_text())
    assert path.suffix == ".jpg"
    assert not path.exists()
    assert not path.parent.exists()
    assert _ran(tmp_path / "p", "{picture}", alert=AlertEvent("r", scene("a dog", jpeg=b""), START)) == [""]


def test_a_failure_tells_what_the_program_said(tmp_path: Path) -> None:
    code = "import sys; print('no\\x1b[31m such\\n thing', file=sys.stderr); sys.exit(3)"
    action = CommandAction([sys.executable, "-c", code], 20)
    with pytest.raises(ActionError) as caught:
        action.act(ALERT)
    assert str(caught.value) == f"command {sys.executable}: ended with status 3 (no\\x1b[31m such thing)"


def test_a_program_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    child = "[sys.executable, '-c', 'import time; time.sleep(60)']"
    note = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(process.pid))"
    code = f"import subprocess, sys, time; process = subprocess.Popen({child}); {note}; time.sleep(60)"
    action = CommandAction([sys.executable, "-c", code], 1.0)
    begun = time.monotonic()
    with pytest.raises(ActionError, match=r": took longer than 1 s, and was killed$"):
        action.act(ALERT)
    assert time.monotonic() - begun < 10
    number = int((tmp_path / "pid").read_text())
    for _ in range(100):
        state = Path(f"/proc/{number}/stat")
        if not state.exists() or state.read_text().split(")")[1].split()[0] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the child still runs")


def test_a_program_that_prints_without_end_fills_nothing() -> None:
    code = "import sys\nfor _ in range(2000): print('x' * 1000); print('y' * 1000, file=sys.stderr)\nsys.exit(1)"
    with pytest.raises(ActionError) as caught:
        CommandAction([sys.executable, "-c", code], 20).act(ALERT)
    assert len(str(caught.value)) < 400


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ActionError, match=r"^command no-such-program: not found; install it, or give its whole path$"):
        CommandAction(["no-such-program"], 1).check()
    with pytest.raises(ActionError, match=r"cannot be run \(No such file or directory\)$"):
        CommandAction([str(tmp_path / "none")], 1).act(ALERT)
    CommandAction([sys.executable], 1).check()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("x", "{texts}"),
            "command: {texts} stands for nothing; known are: {text} {id} {source} {zone} {rule} {at} {picture}",
        ),
        (("{text}",), "command: its first text is the program; name one"),
        (("",), "command: its first text is the program; name one"),
    ],
)
def test_commands_that_are_refused(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(RuleError) as caught:
        check_arguments(arguments)
    assert str(caught.value) == said


def _fake(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of this name that writes down what it is given, and nothing else on the path."""
    out = folder / "given"
    program = folder / name
    program.write_text(
        f"#!{sys.executable} -S\nimport sys,shutil,os\nopen({str(out)!r},'w').write('\\0'.join(sys.argv[1:]))\n"
        f"os.path.isfile(sys.argv[-1]) and shutil.copy(sys.argv[-1], {str(folder / 'copy')!r})\n"
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(folder))
    return out


def test_a_notification_is_text_and_no_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = _fake(tmp_path, "notify-send", monkeypatch)
    action = NotifyAction(20)
    action.check()
    action.act(AlertEvent("-u", scene("a <b>dog</b> & {text}", source="<i>"), START))
    assert out.read_text().split("\0") == [
        "--app-name=edge-caption",
        "--",
        "-u",
        "&lt;i&gt;: a &lt;b&gt;dog&lt;/b&gt; &amp; {text}",
    ]


def test_no_desktop_and_no_player(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        ActionError, match=r"^notify: notify-send is not installed; run: sudo apt install libnotify-bin$"
    ):
        NotifyAction(1).check()
    for act in (SoundAction(None, 1).check, lambda: SoundAction(None, 1).act(ALERT)):
        with pytest.raises(
            ActionError, match=r"^sound: no program to play it is installed; run: sudo apt install alsa-utils$"
        ):
            act()


def test_a_sound_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own {x}.wav"
    write_tone(own)
    out = _fake(tmp_path, "aplay", monkeypatch)
    SoundAction(own, 20).check()
    SoundAction(own, 20).act(ALERT)
    assert out.read_text() == str(own)
    SoundAction(None, 20).act(ALERT)
    assert out.read_text().endswith("tone.wav")
    assert not Path(out.read_text()).exists()
    with wave.open(str(tmp_path / "copy"), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, 16000, 4800)
        assert len(set(file.readframes(4800))) > 100


def test_a_sound_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake(tmp_path, "aplay", monkeypatch)
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(ActionError, match=r"text\.wav: no WAV file; give one in PCM$"):
        SoundAction(tmp_path / "text.wav", 1).check()
    with pytest.raises(ActionError, match=r"none\.wav: cannot be read \(No such file or directory\); check its name$"):
        SoundAction(tmp_path / "none.wav", 1).check()
