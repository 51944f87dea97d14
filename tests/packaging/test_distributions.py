"""What the wheel and the sdist hold, and what they must not."""

import zipfile
from email.parser import HeaderParser
from pathlib import Path

from support.distribution import Built

from altlens_host import __version__
from altlens_installer import xpi

WHERE_IN_THE_WHEEL = {
    "host": "",
    "installer": "",
    "training": "",
    "manifests": "altlens_installer/_data/manifests/",
    "extension": "altlens_installer/_data/extension/",
}
SHIPPED_AS_IT_IS = ("LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md")
MEGABYTE = 1_000_000


def files_below(folder: Path) -> set[str]:
    """Return the files of a source folder, less what Python and editors leave there."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix()
        for path in files
        if "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def test_the_wheel_holds_every_source_file_and_nothing_else(built: Built, repository: Path) -> None:
    """Code, model, manifests and extension arrive whole; tests, data and benches do not."""
    expected = {
        prefix + name
        for folder, prefix in WHERE_IN_THE_WHEEL.items()
        for name in files_below(repository / folder)
    }

    packed = {name for name in built.in_wheel() if ".dist-info/" not in name}

    manual = {name for name in packed if ".data/" in name}
    assert packed - manual == expected
    assert {Path(name).name for name in manual} == {"altlens.1"}


def test_the_wheel_holds_what_a_first_minute_needs(built: Built) -> None:
    """Without a network the wheel alone captions, shows the demo and installs the extension."""
    needed = {
        "altlens_host/models/embedded/lite/altlens.json",
        "altlens_host/models/embedded/lite/tokenizer.json",
        "altlens_host/models/embedded/lite/onnx/encoder_model_quantized.onnx",
        "altlens_host/models/embedded/lite/onnx/decoder_model_merged_quantized.onnx",
        "altlens_installer/_data/manifests/altlens.json",
        "altlens_installer/_data/extension/manifest.json",
        "altlens_installer/demo/pictures/pictures.json",
        "altlens_installer/demo/pictures/SOURCES.md",
    }

    assert needed <= built.in_wheel()


def test_the_wheels_extension_gives_the_released_xpi(built: Built, tmp_path: Path) -> None:
    """Who installs from the wheel gets, byte for byte, the XPI that was released, twice over."""
    inside = "altlens_installer/_data/extension/"
    with zipfile.ZipFile(built.wheel) as archive:
        archive.extractall(
            tmp_path, [name for name in archive.namelist() if name.startswith(inside)]
        )

    packed = [xpi.build(tmp_path / inside) for _ in range(2)]

    assert packed == [built.xpi.read_bytes()] * 2


def test_the_sdist_holds_the_sources_and_the_words_that_go_with_them(
    built: Built, repository: Path
) -> None:
    """Whoever builds from the sdist has the licence, the documents and every source file."""
    expected = {f"{d}/{name}" for d in WHERE_IN_THE_WHEEL for name in files_below(repository / d)}
    expected |= {f"docs/{name}" for name in files_below(repository / "docs")}
    expected |= {*SHIPPED_AS_IT_IS, "pyproject.toml", "PKG-INFO", ".gitignore"}

    assert built.in_sdist() == expected


def test_licence_and_notice_travel_with_the_wheel(built: Built, repository: Path) -> None:
    """The Apache License asks for both, and the weights' authors are named in the second."""
    with zipfile.ZipFile(built.wheel) as archive:
        texts = {Path(n).name: archive.read(n) for n in archive.namelist() if "/licenses/" in n}

    assert texts["LICENSE"] == (repository / "LICENSE").read_bytes()
    assert b"EfficientNet-Lite" in texts["NOTICE"]


def test_a_plain_install_pulls_neither_torch_nor_a_test_tool(built: Built) -> None:
    """What is only for training, figures, the demo or developers stays behind its extra."""
    with zipfile.ZipFile(built.wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode())

    required = metadata.get_all("Requires-Dist", [])
    core = {line.split(">")[0] for line in required if "extra ==" not in line}
    assert core == {
        "cryptography",
        "filelock",
        "huggingface-hub",
        "markdown-it-py",
        "numpy",
        "onnx",
        "onnxruntime",
        "pillow",
        "platformdirs",
        "rich",
        "shtab",
        "tokenizers",
    }
    assert all("<2.14" in line for line in required if line.startswith("torch"))
    assert metadata["Version"] == __version__


def test_the_downloads_stay_small(built: Built) -> None:
    """The model may weigh 16 MB; all the rest together fits into 2 MB."""
    assert built.wheel.stat().st_size < 18 * MEGABYTE
    assert built.sdist.stat().st_size < 18 * MEGABYTE
