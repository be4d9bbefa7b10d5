"""Bytes to text: the cascade, and what it refuses."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.errors import DataError, UsageError
from clusters.intake.encoding import decode

HEADER = "源,目标,年份\n"
CHINESE = HEADER + "华为技术有限公司,中兴通讯,2019\n深圳市腾讯,百度,2020\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + CHINESE.encode(), "utf-8"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("gbk"), "gb18030"),
        (CHINESE.encode("utf-16"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + CHINESE.encode("utf-32-le"), "utf-32-le"),
    ],
)
def test_the_cascade(data, encoding):
    text = decode(data, "a.csv")
    assert (text.encoding, text.data.decode()) == (encoding, CHINESE)


def test_utf8_is_tried_before_gb18030():
    # These bytes are valid GB18030 too, as other characters.
    data = "中国\n".encode()
    data.decode("gb18030")
    assert decode(data, "a.csv").encoding == "utf-8"


def test_a_named_encoding_is_strict():
    assert decode("é".encode("cp1252"), "a.csv", "cp1252").data.decode() == "é"
    with pytest.raises(DataError, match=r"a.csv, line 2, byte 1: 0xE9 is not ascii"):
        decode(b"x\n\xe9", "a.csv", "ascii")
    with pytest.raises(UsageError, match="encoding 'klingon' is not known"):
        decode(b"x", "a.csv", "klingon")


def test_mixed_encodings_name_line_and_byte():
    data = CHINESE.encode() + "上海,北京大学,2021\n".encode("gbk")
    with pytest.raises(DataError, match=r"a.csv, line 4, byte 1: 0xC9 0xCF is not UTF-8, but line 1 is"):
        decode(data, "a.csv")
    data = HEADER.encode("gbk") + "腾讯科技,百度,2019\n".encode()
    with pytest.raises(DataError, match="but line 2 is: the file mixes encodings"):
        decode(data, "a.csv")


def test_neither_encoding_names_both_places():
    with pytest.raises(
        DataError, match=r"neither UTF-8 \(line 2, byte 5: 0xE9 0x74\) nor GB18030 \(line 2, byte 7"
    ):
        decode("a,b\nSociété,x\n".encode("cp1252"), "a.csv")


def test_western_text_that_passes_for_gb18030_is_refused():
    # Every accented letter swallows the letter behind it, so GB18030 decodes without complaint.
    data = "a,b\nGéométrie,Bélier\nMünchen,Périgord\nKöln,Zürich\n".encode("latin-1")
    data.decode("gb18030")
    with pytest.raises(DataError, match="a Western encoding is likely"):
        decode(data, "a.csv")
    assert decode(data, "a.csv", "gb18030").encoding == "gb18030"


def test_a_single_doubtful_character_is_only_a_warning():
    text = decode("a,b\nMünchen,x\n".encode("latin-1"), "a.csv")
    assert "may be a Western encoding" in text.warnings[0]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\x89PNG\r\n\x1a\n....", "a PNG picture"),
        (b"PK\x03\x04....", "a zip archive or an Excel workbook"),
        (b"%PDF-1.7", "a PDF document"),
        (bytes(range(256)) * 4, "is not a text table"),
        (b"a,b\n" + b"\0\1\2\3" * 50, "is not a text table"),
    ],
)
def test_binary_files_are_refused(data, found):
    with pytest.raises(DataError, match=found):
        decode(data, "a.csv")


def test_utf16_without_a_mark_is_named_in_the_hint():
    with pytest.raises(DataError) as caught:
        decode("source,target\na,b\n".encode("utf-16-le"), "a.csv")
    assert "--encoding utf-16-le" in caught.value.hint


def test_one_nul_in_a_cell_is_not_binary():
    assert decode(b"source,target\na\0b,c\n", "a.csv").data == b"source,target\na\0b,c\n"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_utf8_text_comes_back_as_it_is(text):
    data = ("x" + text).encode()
    assert decode(data, "a.csv").data == data
