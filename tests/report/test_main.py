"""Command line: one report again, all reports and their index, one line for every error."""

import pytest

from robustfashion.report.__main__ import main
from tests.report.samples import SCRIPT, result


def _fails(argv, capsys):
    with pytest.raises(SystemExit) as caught:
        main([str(a) for a in argv])
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1
    return error


def test_one_report_beside_its_result_or_elsewhere(tmp_path, capsys):
    path = result().save(tmp_path / "resize")
    main([str(path)])
    assert capsys.readouterr().out == f"report: {tmp_path / 'resize' / 'index.html'}\n"
    main([str(path.parent), "--out", str(tmp_path / "elsewhere" / "deep")])
    pages = [tmp_path / "resize" / "index.html", tmp_path / "elsewhere" / "deep" / "index.html"]
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_index_lists_every_suite(tmp_path, capsys):
    result().save(tmp_path / "resize")
    result(suite="accuracy", title="Accuracy", scale="full", headline=[], provenance={"date": "2026-11-20"}).save(
        tmp_path / "b c#"
    )
    (tmp_path / "cache").mkdir()
    main([str(tmp_path)])
    assert capsys.readouterr().out == f"index: {tmp_path / 'index.html'}\n"
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.index("Accuracy") < page.index("The resize study")
    for text in ('href="resize/index.html"', 'href="b%20c%23/index.html"', "Smoke run", "Full scale", "2026-11-20",
                 "Which products change?", "From 96.4\xa0%"):  # fmt: skip
        assert text in page
    assert "<script>alert" not in page and page.count("<script") == 1
    assert all((tmp_path / name / "index.html").exists() for name in ("resize", "b c#"))
    first = (tmp_path / "index.html").read_bytes()
    main([str(tmp_path), "--out", str(tmp_path / "site")])
    assert (tmp_path / "site" / "index.html").read_bytes() == first
    assert (tmp_path / "site" / "resize" / "index.html").exists()


def test_one_bad_result_is_named_and_the_others_are_written(tmp_path, capsys):
    result().save(tmp_path / "good")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "result.json").write_text(SCRIPT)
    error = _fails([tmp_path], capsys)
    assert "1 of 2 results could not be shown" in error and "bad/result.json" in error
    page = (tmp_path / "index.html").read_text()
    assert "Could not be shown" in page and 'href="good/index.html"' in page and "<script>alert" not in page
    assert (tmp_path / "good" / "index.html").exists() and not (tmp_path / "bad" / "index.html").exists()


def test_errors(tmp_path, capsys):
    assert "no such file or folder" in _fails([tmp_path / "nowhere"], capsys)
    assert "holds no */result.json" in _fails([tmp_path], capsys)
    for text in ("no json", "[]", "{}", '{"tables": 3}'):
        (tmp_path / "result.json").write_text(text)
        assert "result.json" in _fails([tmp_path / "result.json"], capsys)


def test_missing_picture_is_one_line(tmp_path, capsys):
    path = result().save(tmp_path)
    (tmp_path / "images" / "flip.png").unlink()
    assert "images/flip.png" in _fails([path], capsys)
    assert not (tmp_path / "index.html").exists()
