"""The collector of garbage rests while a form is read, and works again afterwards, whatever became of the form."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

import xforms
from tests.xforms.small_forms import bind, document
from xforms.collector import Rest


def test_the_collector_works_again_when_a_form_was_read_or_refused() -> None:
    xforms.load(document("<a/>"))
    assert gc.isenabled()
    with pytest.raises(xforms.FormError):
        xforms.load(document("<a/>", bind("a", calculate="/data/b")))
    assert gc.isenabled()


def test_it_rests_until_the_last_reader_is_done() -> None:
    with Rest():
        assert not gc.isenabled()
        with Rest():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(xforms.load, [document("<a/>")] * 40))
    assert (len(read), gc.isenabled()) == (40, True)


def test_who_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        xforms.load(document("<a/>"))
        assert not gc.isenabled()
    finally:
        gc.enable()
