"""Progress of long work on stderr: on a terminal, in a log, not at all."""

from __future__ import annotations

import io

import pytest

from clusters import progress
from clusters.cli import _progress
from clusters.progress import Progress, span, task, told
from clusters.sentences import Note


def test_nobody_listens_and_nothing_happens(capsys):
    with task("counting", total=3) as done:
        done(1)
    assert capsys.readouterr().err == ""


def test_a_listener_hears_at_most_every_so_often_but_always_the_end(monkeypatch):
    clock = iter([0.0, 0.05, 0.1, 0.3, 0.31])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    heard = []
    with told(heard.append), task("counting", total=4) as done:
        for k in range(1, 5):
            done(k)
    assert [word.done for word in heard] == [1, 3, 4]


def test_rate_and_remaining_time():
    word = Progress("reading", done=20, total=50, unit="MB", seconds=4)
    assert (word.rate, word.remaining) == (5, 6)
    assert _progress.text(word, "en") == "reading: 40.00 %, 5.0 MB per second, about 6 seconds left"
    assert _progress.text(word, "zh") == "reading：40.00%，每秒 5.0 MB，约剩 6 秒"


def test_large_rates_are_whole_numbers():
    word = Progress("checking", done=1e6, total=4e6, unit="count", seconds=2.75)
    assert "363,636 per second" in _progress.text(word, "en")


@pytest.mark.parametrize(("seconds", "said"), [(89, "89 seconds"), (91, "2 minutes"), (6000, "2 hours")])
def test_spans(seconds, said):
    assert span(seconds) == said


class Terminal(io.StringIO):
    def isatty(self):
        return True


WORK = [Progress(Note("note.progress_large_years"), k, 4, "count", 8.0 * k) for k in (1, 2, 3, 4)]


def say_all(monkeypatch, stream, *, quiet=False):
    monkeypatch.setattr("sys.stderr", stream)
    with _progress.shown("en", quiet=quiet):
        for word in WORK:
            progress._LISTENER.get()(word) if progress._LISTENER.get() else None
    return stream.getvalue()


def test_a_terminal_has_one_line_that_is_gone_at_the_end(monkeypatch):
    shown = say_all(monkeypatch, Terminal())
    assert "\n" not in shown
    assert "25.00 %" in shown
    assert shown.endswith(_progress.ERASE)


def test_a_log_has_a_line_now_and_then(monkeypatch):
    lines = say_all(monkeypatch, io.StringIO()).splitlines()
    assert [line.split(",")[0] for line in lines] == ["counting year by year: 50.00 %"]


def test_quiet_shows_nothing(monkeypatch):
    assert say_all(monkeypatch, Terminal(), quiet=True) == ""
