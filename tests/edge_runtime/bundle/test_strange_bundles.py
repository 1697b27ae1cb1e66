"""Bundles as strangers pack and damage them."""

import hashlib
import json
import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edge_runtime import Captioner
from edge_runtime.backends.decoding import Search, beam_search, greedy_search
from edge_runtime.backends.litert_graph import check_inside
from edge_runtime.backends.onnx_files import check_files
from edge_runtime.backends.outputs import Outputs
from edge_runtime.bundle.reader import DEFAULT_BUNDLE, Bundle
from edge_runtime.cli import main
from edge_runtime.errors import BundleError, BundleNotFoundError, OptionError
from tests.tiny_bundle import write_bundle


def _zip(bundle: Path, target: Path, named: Callable[[str], str], beside: tuple[str, ...] = ()) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(bundle.iterdir()):
            archive.write(file, named(file.name))
        for name in beside:
            archive.writestr(name, b"\0\5\26\7")
    return target


@pytest.mark.parametrize("prefix", ["", "./", "mine/", "mine\\", "bundles/mine/", "bundles\\mine\\"])
@pytest.mark.parametrize(
    "beside", [(), ("__MACOSX/mine/._manifest.json", "__MACOSX/manifest.json", ".DS_Store", "README.txt")]
)
def test_zips_of_every_system_are_opened(
    tiny_bundle: Path, tmp_path: Path, dark: Path, prefix: str, beside: tuple[str, ...]
) -> None:
    zipped = _zip(tiny_bundle, tmp_path / "b.zip", lambda name: prefix + name, beside)
    assert Bundle(zipped).digest == Bundle(tiny_bundle).digest
    assert Captioner.load(zipped).caption(dark).text == "a dark picture"


def test_the_manifest_itself_names_its_bundle(tiny_bundle: Path, dark: Path) -> None:
    assert Captioner.load(tiny_bundle / "manifest.json").caption(dark).text == "a dark picture"


def test_what_has_a_remedy_says_it(tiny_bundle: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        archive.add(tiny_bundle, "mine")
    with pytest.raises(BundleError, match=r"b\.tar\.gz: a gzip archive is not read; unpack it and name the folder"):
        Bundle(tmp_path / "b.tar.gz")
    shutil.copytree(tiny_bundle, tmp_path / "outer" / "mine")
    with pytest.raises(BundleNotFoundError, match="the folder 'mine' in it is a bundle"):
        Bundle(tmp_path / "outer")
    words = tmp_path / "outer" / "mine" / "vocabulary.txt"
    words.write_bytes(words.read_bytes().replace(b"\n", b"\r\n"))
    with pytest.raises(BundleError, match=r"vocabulary\.txt: its line ends were changed to CRLF"):
        Captioner.load(words.parent)
    (words.parent / "encoder.onnx").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(BundleError, match=r"encoder\.onnx: git-lfs's pointer .* run: git lfs pull"):
        Captioner.load(words.parent)


def test_a_byte_order_mark_is_no_matter(tiny_bundle: Path, tmp_path: Path) -> None:
    bundle = shutil.copytree(tiny_bundle, tmp_path / "b")
    manifest = bundle / "manifest.json"
    manifest.write_bytes(b"\xef\xbb\xbf" + manifest.read_bytes())
    assert Bundle(bundle).digest == Bundle(tiny_bundle).digest


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "..\\x", "C:/x"])
def test_a_zip_whose_members_leave_it(tiny_bundle: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleError, match="leaves the bundle"):
        Bundle(_zip(tiny_bundle, tmp_path / "b.zip", str, (name,)))


def test_zips_that_are_refused(tiny_bundle: Path, tmp_path: Path) -> None:
    zipped = _zip(tiny_bundle, tmp_path / "b.zip", str, ("a.txt", "./a.txt"))
    with pytest.raises(BundleError, match="stands in it twice"):
        Bundle(zipped)
    with pytest.raises(BundleError, match="holds 2 bundles"):
        Bundle(_zip(tiny_bundle, tmp_path / "b.zip", lambda name: f"a/{name}", ("b/manifest.json",)))
    with pytest.raises(BundleError, match="lies 3 folders deep"):
        Bundle(_zip(tiny_bundle, tmp_path / "b.zip", lambda name: f"a/b/c/{name}"))
    with zipfile.ZipFile(zipped, "w") as archive:
        link = zipfile.ZipInfo("manifest.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BundleError, match="is a link"):
        Bundle(zipped)
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("manifest.json", "{}")
    with pytest.raises(BundleError, match="packed neither by deflate nor plainly"):
        Bundle(zipped)
    content = bytearray(_zip(tiny_bundle, zipped, str).read_bytes())
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(magic) + place] |= 1
    for at in range(len(content)):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
    zipped.write_bytes(content)
    with pytest.raises(BundleError, match="encrypted; unpack it with its password"):
        Bundle(zipped)


def test_a_small_zip_of_a_large_vocabulary(tiny_bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in tiny_bundle.iterdir():
            content = bytes(50_000_000) if file.name == "vocabulary.txt" else file.read_bytes()
            archive.writestr(file.name, content)
    with pytest.raises(BundleError, match=r"vocabulary\.txt: altered"):
        Captioner.load(tmp_path / "b.zip")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_length": 10**9}, r"max_length 1e\+09, where 1,000 is the most"),
        ({"max_length": 10**400}, "not JSON|beyond 64 bits"),
        ({"sizes": {"regions": 4, "width": 8, "vocabulary": 10**7}}, "vocabulary 1e"),
        ({"sizes": {"regions": 9999, "width": 8000, "vocabulary": 8}}, "regions times width beyond"),
        ({"quality": {"cider": float("nan")}}, "NaN is not finite"),
        ({"quality": {"cider": [[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]}}, "nested deeper than 20"),
        ({"quality": 3}, "figures that are no table"),
        ({"name": "\ud800"}, "half a character"),
        (
            {"files": {"vocabulary": {"path": "v.txt", "sha256": "0", "bytes": 5_000_000}}},
            "5,000,000 bytes, where 4,000,000",
        ),
        ({"files": {"vocabulary": {"path": "v.txt", "sha256": "0", "bytes": 1 << 30}}}, "200,000,000 at the most"),
        ({"files": {"vocabulary": {"path": "*/_ORT_MEM_ADDR_/*", "sha256": "0", "bytes": 1}}}, "is no file's name"),
    ],
)
def test_what_a_manifest_may_not_declare(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BundleError, match=message):
        Bundle(write_bundle(tmp_path / "b", **changes))


def test_a_manifest_nested_without_end_or_too_long(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "b")
    (bundle / "manifest.json").write_text("[" * 500_000)
    with pytest.raises(BundleError, match="nested deeper than 20"):
        Bundle(bundle)
    (bundle / "manifest.json").write_text(" " * 2_000_000)
    with pytest.raises(BundleError, match="larger than the 1 MiB"):
        Bundle(bundle)


def test_files_that_are_no_regular_ones(tmp_path: Path, tiny_bundle: Path) -> None:
    bundle = write_bundle(tmp_path / "b")
    words = bundle / "vocabulary.txt"
    words.unlink()
    os.mkfifo(words)
    with pytest.raises(BundleError, match=r"vocabulary\.txt: not a regular file"):
        Captioner.load(bundle)
    words.unlink()
    words.symlink_to(tiny_bundle / "vocabulary.txt")
    with pytest.raises(BundleError, match="a link that leaves the bundle"):
        Captioner.load(bundle)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BundleError, match="neither a folder nor a regular file"):
        Bundle(tmp_path / "pipe")


def _external(location: str = "secret.bin", **place: int) -> onnx.TensorProto:
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), "w")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **place}.items():
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def _model(graph: onnx.GraphProto, functions: tuple[onnx.FunctionProto, ...] = ()) -> bytes:
    content: bytes = helper.make_model(graph, functions=functions).SerializeToString()
    return content


def _inside(tensor: onnx.TensorProto) -> list[bytes]:
    """A tensor in every place of a model that may hold one."""
    constant = helper.make_node("Constant", [], ["c"], value=tensor)
    inner = helper.make_graph([constant], "inner", [], [], [tensor])
    branch = helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)
    sparse = onnx.SparseTensorProto(values=tensor, indices=numpy_helper.from_array(np.zeros(4, np.int64)), dims=[4])
    function = helper.make_function("d", "f", [], ["c"], [constant], [helper.make_opsetid("", 17)])
    training = onnx.ModelProto(graph=helper.make_graph([], "g", [], []))
    training.training_info.add(algorithm=inner)
    deep = inner
    for _ in range(5):
        deep = helper.make_graph([helper.make_node("Loop", ["n"], ["y"], body=deep)], "deep", [], [])
    return [
        _model(helper.make_graph([], "g", [], [], [tensor])),
        _model(helper.make_graph([constant], "g", [], [])),
        _model(helper.make_graph([branch], "g", [], [])),
        _model(helper.make_graph([helper.make_node("Scan", ["x"], ["y"], body=inner)], "g", [], [])),
        _model(helper.make_graph([], "g", [], [], sparse_initializer=[sparse])),
        _model(helper.make_graph([helper.make_node("Constant", [], ["c"], sparse_value=sparse)], "g", [], [])),
        _model(helper.make_graph([helper.make_node("X", [], ["c"], many=[tensor])], "g", [], [])),
        _model(helper.make_graph([helper.make_node("X", [], ["c"], many=[inner, inner])], "g", [], [])),
        _model(helper.make_graph([], "g", [], []), (function,)),
        training.SerializeToString(),
        _model(deep),
    ]


@pytest.mark.parametrize("place", range(11))
def test_a_graph_that_names_another_file_is_refused_wherever_it_does(place: int) -> None:
    for weights, size in ((None, 0), ("mine.weights", 100)):
        with pytest.raises(BundleError, match=r"reads the file 'secret\.bin', which the manifest does not name"):
            check_files(_inside(_external())[place], "g.onnx", weights, size, 20)


def test_a_graph_that_reads_its_own_weights() -> None:
    good = _inside(_external("mine.weights", offset=84, length=16))[0]
    check_files(good, "g.onnx", "mine.weights", 100, 20)
    with pytest.raises(BundleError, match="beyond the end of its weights"):
        check_files(good, "g.onnx", "mine.weights", 99, 20)
    with pytest.raises(BundleError, match="a place in its weights is no number"):
        check_files(_inside(_external("mine.weights", offset=-1))[0], "g.onnx", "mine.weights", 100, 20)
    cuts = range(1, len(good) - 1)
    refusals = []
    for cut in cuts:
        try:
            check_files(good[:cut], "g.onnx", "mine.weights", 100, 20)
        except BundleError as error:
            refusals.append(str(error))
    assert set(refusals) == {"g.onnx: not a graph that can be run (it is damaged); export the bundle again"}
    # What is cut between two of a model's fields is a model too.
    assert len(refusals) >= len(cuts) - 3


def test_a_loop_says_how_often_it_goes_round() -> None:
    body = helper.make_graph([], "body", [], [])
    loop = helper.make_node("Loop", ["most", "yes"], ["y"], body=body)
    for trips in (0, 20):
        content = _model(
            helper.make_graph([loop], "g", [], [], [numpy_helper.from_array(np.array(trips, np.int64), "most")])
        )
        check_files(content, "g.onnx", None, 0, 20)
    for trips in (21, 10**9, -1):
        content = _model(
            helper.make_graph([loop], "g", [], [], [numpy_helper.from_array(np.array(trips, np.int64), "most")])
        )
        with pytest.raises(BundleError, match="more often than the 20 words"):
            check_files(content, "g.onnx", None, 0, 20)
    endless = helper.make_node("Loop", ["", "yes"], ["y"], body=body)
    with pytest.raises(BundleError, match="more often"):
        check_files(_model(helper.make_graph([endless], "g", [], [])), "g.onnx", None, 0, 20)


def test_every_graph_of_the_default_bundle_passes() -> None:
    bundle = Bundle()
    for variant in bundle.manifest.variants.values():
        weights = variant.files.get("decoder_weights")
        for role, file in variant.files.items():
            if role == "decoder_weights":
                continue
            content = bundle.read(file)
            if variant.backend == "litert":
                check_inside(content, file.path)
            else:
                size = weights.bytes if weights else 0
                check_files(content, file.path, weights.path if weights else None, size, bundle.manifest.max_length)


@pytest.mark.parametrize("content", [b"", b"\xff" * 8, b"\x08\0\0\0TFL3\xff\xff\xff\x7f"])
def test_a_litert_graph_that_is_none(content: bytes) -> None:
    with pytest.raises(BundleError, match="not a graph that can be run"):
        check_inside(content, "g.tflite")


@pytest.mark.parametrize(
    ("tokens", "log_probs"),
    [([8], [0.0]), ([-1], [0.0]), ([4], [float("nan")]), ([4], [float("-inf")]), ([4] * 1000, [0.0] * 1000), ([4], [])],
)
def test_a_greedy_loop_that_says_nonsense(tiny_bundle: Path, tokens: list[int], log_probs: list[float]) -> None:
    with pytest.raises(BundleError, match="its greedy loop"):
        Outputs(Bundle(tiny_bundle).manifest, "b").sentence(tokens, log_probs)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_log_probabilities_that_are_not_finite(wrong: float) -> None:
    def step(tokens: Any, state: Any) -> Any:
        found = np.full((len(tokens), 8), -1.0, np.float32)
        found[:, 5] = wrong
        return found, state

    for search in (greedy_search, beam_search):
        with pytest.raises(BundleError, match="not finite"):
            search(step, (), Search(1, 2, 5, 3))


def test_the_digest_holds_everything_to_one_bundle(
    tiny_bundle: Path, dark: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = Bundle(tiny_bundle).digest
    assert digest == hashlib.sha256(Bundle(tiny_bundle).manifest.to_json().encode()).hexdigest()
    assert Captioner.load(tiny_bundle, expect_digest=digest.upper()).caption(dark).text == "a dark picture"
    with pytest.raises(BundleError, match="not the expected one"):
        Captioner.load(tiny_bundle, expect_digest="0" * 64)
    assert main(["bundle", "info", str(tiny_bundle), "--expect-digest", digest]) == 0
    assert digest in capsys.readouterr().out
    commands = (
        ["bundle", "info", str(tiny_bundle)],
        ["bundle", "verify", str(tiny_bundle)],
        ["caption", str(dark), "--bundle", str(tiny_bundle)],
        ["bench", "--bundle", str(tiny_bundle)],
        ["live", "--bundle", str(tiny_bundle), "--source", str(dark)],
    )
    for command in commands:
        assert main([*command, "--expect-digest", "0" * 64]) == 2
        assert "not the expected one" in capsys.readouterr().err


def test_a_beam_of_numpy(tiny_bundle: Path, dark: Path) -> None:
    captioner = Captioner.load(tiny_bundle, threads=np.int64(1))  # type: ignore[arg-type]
    assert captioner.caption(dark, np.int64(3)).text == "a dark picture"  # type: ignore[arg-type]
    for beam in (True, np.int64(0), 2.0, "3"):
        with pytest.raises(OptionError, match="must be 1 to 50"):
            captioner.caption(dark, beam)  # type: ignore[arg-type]


def test_a_variant_in_either_spelling(tiny_bundle: Path, dark: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--variant", "--variants"):
        assert main(["caption", str(dark), "--bundle", str(tiny_bundle), option, "none"]) == 2
        assert "unknown variant 'none'" in capsys.readouterr().err


def test_info_is_short_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "info"]) == 0
    short = capsys.readouterr().out.splitlines()
    assert main(["bundle", "info", "--long"]) == 0
    assert len(short) < 20 < len(capsys.readouterr().out.splitlines())


def test_a_bundle_that_is_gone_after_it_was_loaded(tmp_path: Path) -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    for variant in ("onnx-int8", "litert-int8"):
        pytest.importorskip("ai_edge_litert" if variant == "litert-int8" else "onnxruntime")
        bundle = Path(shutil.copytree(DEFAULT_BUNDLE, tmp_path / "b"))
        captioner = Captioner.load(bundle, variant, 1)
        shutil.rmtree(bundle)
        assert captioner.caption(picture, 3).text == Captioner.load(None, variant, 1).caption(picture, 3).text


def test_verify_says_that_a_bad_graph_crashed_or_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from edge_runtime.bundle import trying
    from edge_runtime.machine.isolated import Outcome

    bundle = write_bundle(tmp_path / "b")
    monkeypatch.setattr(trying, "run_isolated", lambda *_given: Outcome("", "it was ended by SIGSEGV"))
    assert main(["bundle", "verify", str(bundle)]) == 2
    assert "a bad bundle: onnx-fp32 could not caption a picture (it was ended by SIGSEGV)" in capsys.readouterr().err


def test_a_few_hundred_damaged_bundles() -> None:
    from tests.fuzz.bundles import KINDS, BundleCases
    from tests.fuzz.harness import outcomes

    found = list(outcomes(BundleCases(0), 0, 25 * len(KINDS)))
    assert [str(outcome) for outcome in found if outcome.bad] == []
    assert [outcome.kind for outcome in found] == [*KINDS] * 25
    assert {outcome.result for outcome in found} == {"read", "refused"}


def test_no_figure_of_a_bundle_is_nan(tiny_bundle: Path) -> None:
    assert json.loads(Bundle(tiny_bundle).manifest.to_json(), parse_constant=pytest.fail)
