from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import EXAMPLE, IMAGES, ROOT, Run, tree

TEXT = """\
TYPE CONFIG_RCD = PACKED RECORD
    DATA_ORDER : UINT8;
    COUNT : UINT8;
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE LIST_RCD = PACKED RECORD
    ITEMS : ARRAY[CONFIG_TBL.COUNT] OF UINT16;
END;
TABLE 1 LIST_TBL = LIST_RCD;
"""
GENERATE = ("generate", "-d", "d.tdl", "--target", "python", "--package", "codecs", "-o", "out")


def test_codecs_are_written_and_kept(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    result = tdl(*GENERATE)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "codecs" / "st1.py").is_file()
    files = tree(tmp_path / "out")
    os.utime(tmp_path / "out" / "codecs" / "st1.py", (1, 1))
    again = tdl(*GENERATE)
    assert again.stderr == f"wrote {len(files)} files to out/ (0 changed)\n"
    assert (tmp_path / "out" / "codecs" / "st1.py").stat().st_mtime == 1


def test_drift_is_listed_and_nothing_written(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    assert tdl(*GENERATE, "--check").exit_code == 1
    assert not (tmp_path / "out").exists()
    tdl(*GENERATE)
    assert tdl(*GENERATE, "--check").exit_code == 0
    (tmp_path / "out" / "codecs" / "st1.py").write_text("changed")
    (tmp_path / "out" / "codecs" / "st0.py").unlink()
    before = tree(tmp_path)
    result = tdl(*GENERATE, "--check")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[:-1] == ["out/codecs/st0.py: missing", "out/codecs/st1.py: differs"]
    assert tree(tmp_path) == before


def test_what_is_left_of_a_table_that_is_gone_is_drift(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    tdl(*GENERATE)
    Path("d.tdl").write_text(TEXT[: TEXT.index("TYPE LIST_RCD")])
    before = set(tree(tmp_path / "out"))
    made = tdl(*GENERATE, "--list-outputs").stdout.splitlines()
    left = sorted(path for name in before if (path := f"out/{name}") not in made)
    assert "out/codecs/st1.py" in left
    written = tdl(*GENERATE).stderr.splitlines()
    assert written[1:] == [f"note: {name} is left from before, this definition does not make it" for name in left]
    checked = tdl(*GENERATE, "--check")
    assert checked.exit_code == 1
    assert checked.stderr.splitlines()[:-1] == [f"{name}: is not of this definition" for name in left]


def test_pending_copies_on_request(tdl: Run, tmp_path: Path) -> None:
    text = "DOCUMENT D WITH PendingHeader = EVENT_RCD;\nTYPE EVENT_RCD = PACKED RECORD CODE : UINT8; END;\n" + TEXT
    Path("d.tdl").write_text(text)
    assert tdl(*GENERATE).exit_code == 0
    assert not (tmp_path / "out" / "codecs" / "st0p.py").exists()
    assert tdl(*GENERATE, "--pending").exit_code == 0
    code = "import codecs_; r = codecs_.decode('ST0P', bytes([7, 1, 2])); print(r.ACTIVATION.CODE, r.TABLE.COUNT)"
    (tmp_path / "out" / "codecs").rename(tmp_path / "out" / "codecs_")  # the standard library has a `codecs`
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=tmp_path / "out", env={}, capture_output=True, text=True, check=False
    )
    assert done.stdout == "7 2\n", done.stderr


def test_codecs_for_one_meter(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    Path("p.toml").write_text("[CONFIG_TBL]\nCOUNT = 2\n")
    assert tdl(*GENERATE, "--bind", "p.toml", "--set", "CONFIG_TBL.DATA_ORDER=1").exit_code == 0
    code = "import codecs_; print(codecs_.decode('ST1', bytes([0, 1, 0, 2])).ITEMS)"
    (tmp_path / "out" / "codecs").rename(tmp_path / "out" / "codecs_")  # the standard library has a `codecs`
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=tmp_path / "out", env={}, capture_output=True, text=True, check=False
    )
    assert done.stdout == "[1, 2]\n", done.stderr


def test_the_project_holds_options_of_targets(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    Path("tdl.toml").write_text('definition = "d.tdl"\n[target.python]\npackage = "meter_codecs"\n')
    assert tdl("generate", "--target", "python", "-o", "out").exit_code == 0
    assert (tmp_path / "out" / "meter_codecs").is_dir()


def test_what_cannot_be_generated_writes_nothing(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    Path("bad.tdl").write_text(TEXT.replace(":", ""))
    for arguments, code in (
        (("generate", "-d", "bad.tdl", "--target", "python", "-o", "out"), 1),
        (("generate", "-d", "d.tdl", "--target", "pyhton", "-o", "out"), 2),
        (("generate", "-d", "d.tdl", "--target", "python", "-o", "out", "--option", "x=y"), 2),
        (("generate", "-d", "d.tdl", "--target", "python", "-o", "out", "--option", "x"), 2),
        (("generate", "-d", "d.tdl", "--target", "python", "-o", "d.tdl/out"), 2),
        (("generate", "-d", "d.tdl", "--target", "python", "-o", "out", "--bind", "nothing.toml"), 2),
        (("generate", "-d", "d.tdl", "--target", "python"), 2),
    ):
        result = tdl(*arguments)
        assert result.exit_code == code, result.output
        assert sorted(tree(tmp_path)) == ["bad.tdl", "d.tdl"]


def test_the_demo_does_the_main_job(tdl: Run, tmp_path: Path) -> None:
    result = tdl("demo")
    assert result.exit_code == 0, result.output
    assert "   ED_MODEL            A3R\n" in result.stdout
    assert "   MFG_SERIAL_NUMBER   12345678\n" in result.stdout
    assert "   encoded again: the same 32 octets\n" in result.stdout
    assert (tmp_path / "tdl-demo" / "acme_ax200" / "mt5.py").is_file()
    # what it says to try next can be tried
    commands = [line.strip() for line in result.stdout.splitlines() if line.startswith("   tdl ")]
    assert len(commands) == 5
    for command in commands:
        done = tdl(
            *command.replace("'", "").split()[1:] if "TABLE 6" not in command else (*command.split()[1:-2], "TABLE 6")
        )
        assert done.exit_code == 0, done.output
    assert "0 of them new or changed" in tdl("demo").stdout


def test_the_demo_works_on_copies_of_the_example(tdl: Run) -> None:
    shipped = ROOT / "tdl" / "library" / "demo"
    assert (shipped / "acme-ax200.tdl").read_bytes() == (EXAMPLE / "acme-ax200.tdl").read_bytes()
    assert tree(shipped / "elster-a3") == tree(IMAGES / "elster-a3")


def test_outputs_are_listed_and_not_written(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    listed = tdl(*GENERATE, "--list-outputs").stdout.splitlines()
    assert not (tmp_path / "out").exists()
    tdl(*GENERATE)
    assert sorted(listed) == sorted(str(p.relative_to(tmp_path)) for p in (tmp_path / "out").rglob("*") if p.is_file())


def test_a_rule_for_make_names_all_inputs(tdl: Run, tmp_path: Path) -> None:
    Path("a b.tdl").write_text(TEXT)
    Path("d.tdl").write_text('DOCUMENT D;\nIMPORT "a b.tdl";\n')
    Path("p.toml").write_text("[CONFIG_TBL]\nCOUNT = 2\n")
    result = tdl(*GENERATE, "--bind", "p.toml", "--depfile", "out.d")
    assert result.exit_code == 0, result.output
    rule, *inputs = Path("out.d").read_text().splitlines()
    assert rule.startswith("out/codecs/")
    assert rule.endswith(": d.tdl a\\ b.tdl p.toml")
    assert inputs == ["d.tdl:", "a\\ b.tdl:", "p.toml:"]


def test_a_depfile_that_cannot_be_written_leaves_the_code_as_it_was(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").write_text("")
    for depfile in ("folder", "plain/out.d", "out/codecs", "out/codecs/st1.py", "out/codecs/st1.py/out.d"):
        before = tree(tmp_path)
        result = tdl(*GENERATE, "--depfile", depfile)
        assert result.exit_code == 2, depfile
        assert "cannot be written" in result.stderr
        assert tree(tmp_path) == before, depfile
    assert not (tmp_path / "out").exists()


def test_code_that_cannot_be_written_leaves_the_depfile_as_it_was(tdl: Run) -> None:
    Path("d.tdl").write_text(TEXT)
    Path("out").write_text("")
    assert tdl(*GENERATE, "--depfile", "elsewhere/out.d").exit_code == 2
    assert not Path("elsewhere").exists()


def test_a_depfile_may_be_elsewhere_and_is_none_of_the_files(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    first = tdl(*GENERATE, "--depfile", tmp_path / "build" / "deps" / "out.d")
    many = len(tree(tmp_path / "out"))
    assert first.stderr == f"wrote {many} files to out/ ({many} changed)\n"
    rule = (tmp_path / "build" / "deps" / "out.d").read_text()
    assert tdl(*GENERATE, "--depfile", "-").stdout == rule
    Path("link.d").symlink_to(tmp_path / "build" / "deps" / "out.d")
    (tmp_path / "build" / "deps" / "out.d").write_text("")
    assert tdl(*GENERATE, "--depfile", "link.d").stderr == f"wrote {many} files to out/ (0 changed)\n"
    assert Path("link.d").is_symlink()
    assert (tmp_path / "build" / "deps" / "out.d").read_text() == rule
    assert tdl(*GENERATE, "--depfile", os.devnull).exit_code == 0


def test_several_targets_are_made_of_one_compilation(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    common = ("generate", "-d", "d.tdl", "--set", "CONFIG_TBL.COUNT=2", "--set", "CONFIG_TBL.DATA_ORDER=0")
    targets = ("c", "ksy", "python")
    for target in targets:
        assert tdl(*common, "--target", target, "-o", f"each/{target}").exit_code == 0
    every = tuple(word for target in targets for word in ("--target", target))
    together = (*common, *every, "-o", "all")
    assert tdl(*together).exit_code == 0
    assert tree(tmp_path / "all") == tree(tmp_path / "each")
    assert tdl(*together, "--check").exit_code == 0
    package = next(path for path in (tmp_path / "all" / "python").iterdir() if path.is_dir())
    left = package / "st9.py"
    left.write_text("")
    assert tdl(*together, "--check").exit_code == 1
    assert f"{left.relative_to(tmp_path)} is left from before" in tdl(*together).stderr


def test_an_option_goes_to_the_targets_that_have_it(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    common = ("generate", "-d", "d.tdl", "--target", "c", "--target", "jsonschema", "-o", "out")
    assert tdl(*common, "--option", "harness=yes").exit_code == 0
    assert any("harness" in path.name for path in (tmp_path / "out" / "c").iterdir())
    refused = tdl(*common, "--option", "nothing=yes")
    assert refused.exit_code == 2
    assert "has no option `nothing`" in refused.stderr


def test_a_target_that_is_refused_leaves_the_others_unwritten(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    assert tdl("generate", "-d", "d.tdl", "--target", "c", "--target", "ksy", "-o", "out").exit_code == 1
    assert not Path("out").exists()


def test_help_names_the_targets_without_importing_them(tdl: Run) -> None:
    shown = " ".join(tdl("generate", "--help").output.split())
    assert "c, edl-xsd, jsonschema, ksy, python, rust, wireshark" in shown
    program = """if True:
        import sys, contextlib
        from tdl.cli.app import main
        with contextlib.suppress(SystemExit):
            main(["generate", "--help"])
        print(sorted(name for name in sys.modules if name.startswith("tdl.backends.")))
    """
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['tdl.backends.api']"
