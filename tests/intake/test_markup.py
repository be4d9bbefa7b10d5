"""XML is read without entities, without anything from outside, and within limits."""

from __future__ import annotations

import pytest

from clusters.errors import DataError, UsageError
from clusters.intake import markup


def read(document: bytes | str, *, size: int = 1 << 20, **options):
    """Return (tag, attributes, line) of each element and (tag, text) of those called t."""
    data = document if isinstance(document, bytes) else document.encode()
    begun, texts = [], []
    markup.parse(
        [data[i : i + size] for i in range(0, len(data), size)],
        "a.xml",
        start=lambda tag, attributes, line: begun.append((tag, attributes, line)),
        end=lambda tag, text: texts.append(text) if tag == "t" else None,
        texts={"t"},
        **options,
    )
    return begun, texts


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
REFUSED = {
    "billion laughs": f'<!DOCTYPE g [<!ENTITY a0 "lol">{LAUGHS}]><g><t>&a9;</t></g>',
    "quadratic": f'<!DOCTYPE g [<!ENTITY a "{"x" * 50_000}">]><g><t>{"&a;" * 50_000}</t></g>',
    "entity that is not used": '<!DOCTYPE g [<!ENTITY a "x">]><g/>',
    "external entity": '<!DOCTYPE g [<!ENTITY a SYSTEM "file:///etc/passwd">]><g><t>&a;</t></g>',
    "external over the network": '<!DOCTYPE g [<!ENTITY a PUBLIC "x" "http://localhost:9/x">]><g>&a;</g>',
    "in an attribute": '<!DOCTYPE g [<!ENTITY a "x">]><g n="&a;"/>',
    "parameter entity": '<!DOCTYPE g [<!ENTITY % p SYSTEM "http://localhost:9/x.dtd"> %p;]><g/>',
    "parameter entity within": "<!DOCTYPE g [<!ENTITY % p \"<!ENTITY a 'x'>\"> %p;]><g>&a;</g>",
    "unparsed entity": '<!DOCTYPE g [<!NOTATION n SYSTEM "n"><!ENTITY a SYSTEM "x.gif" NDATA n>]><g/>',
    "external subset": '<!DOCTYPE g SYSTEM "http://localhost:9/x.dtd"><g/>',
    "public subset": '<!DOCTYPE g PUBLIC "-//X//Y" "x.dtd"><g/>',
    "defaults": f'<!DOCTYPE g [<!ATTLIST t v CDATA "{"x" * 1000}">]><g><t/></g>',
    "xinclude": '<g xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></g>',
}


@pytest.mark.parametrize("document", REFUSED.values(), ids=REFUSED)
def test_what_reaches_out_or_grows_is_refused(document):
    for text in (document, '<?xml version="1.0" standalone="no"?>' + document):
        with pytest.raises(DataError, match=r"a\.xml, line 1: the file (declares|refers|sets)"):
            read(text)


def test_a_document_type_without_entities_may_stand():
    document = (
        "<!DOCTYPE g [<!ELEMENT g ANY><!ATTLIST g id ID #IMPLIED>]>\n<g id='1'><t>a&amp;b&#x4e2d;</t></g>"
    )
    assert read(document) == ([("g", {"id": "1"}, 2), ("t", {}, 2)], ["a&b中"])


def test_an_unknown_entity_is_malformed():
    with pytest.raises(DataError, match=r"line 2, column 4: .*undefined entity"):
        read("<g>\n<t>&nbsp;</t></g>")


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ("<g>\n  <t>\n</g>", "line 3, column 3: .*mismatched tag"),
        ("<g>\n<t></t>", "line 2, column 8: .*no element found"),
        ("<g a='1' a='2'/>", "line 1, column 10: .*duplicate attribute"),
        ("<g/><g/>", "junk after document element"),
        ("<g>\x00</g>", "not well-formed"),
        (b"<g>\xd6\xd0</g>", "line 1, column 4: .*not well-formed"),
        ("hello", "line 1, column 1"),
        ("", "is empty"),
        ("  \n ", "is empty"),
        (b"PK\x03\x04abc", "is a zip archive or an Excel workbook"),
    ],
)
def test_malformed_files_say_where(document, where):
    for size in (1, 1 << 20):
        with pytest.raises(DataError, match=where) as caught:
            read(document, size=size)
        assert caught.value.exit_code == 3


DECLARED = '<?xml version="1.0" encoding="{}"?><g n="中文"><t>乙</t></g>'


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("gb18030", "GB18030"),
        ("gbk", "GB2312"),
        ("big5", "Big5"),
        ("shift_jis", "Shift_JIS"),
        ("utf-8", "UTF-16"),
    ],
)
def test_declared_encodings(codec, declared):
    data = DECLARED.format(declared).encode(codec)
    for size in (1, 3, 1 << 20):
        assert read(data, size=size) == ([("g", {"n": "中文"}, 1), ("t", {}, 1)], ["乙"])


def test_encodings_that_are_wrong_or_unknown():
    undeclared = "<g><t>甲</t></g>".encode("gb18030")
    assert read(undeclared, encoding="gb18030")[1] == ["甲"]
    with pytest.raises(UsageError, match="'rot13' is not known"):
        read(undeclared, encoding="rot13")
    for name in ("rot13", "unicode_escape", "utf-7", "zlib_codec", "idna", "x-none"):
        with pytest.raises(DataError, match=f"encoding '{name}' is not known"):
            read(f'<?xml version="1.0" encoding="{name}"?><g/>')
    with pytest.raises(DataError, match="bytes that are not gb18030"):
        read(b'<?xml version="1.0" encoding="GBK"?>\n<g>\xff\xff</g>')
    with pytest.raises(DataError, match="bytes that are not utf-16-le"):
        read("\ufeff<g/>".encode("utf-16-le") + b"\x00\xd8")


def test_depth_and_lengths_are_limited(monkeypatch):
    assert len(read("<t>" * 150 + "</t>" * 150)[0]) == 150
    with pytest.raises(DataError, match="more than 200 deep"):
        read("<t>" * 100_000)
    monkeypatch.setattr(markup, "MAX_TEXT", 1000)
    assert read("<g><u>" + "x" * 2000 + "</u></g>")[0]
    with pytest.raises(DataError, match="a text of more than 1,000 characters"):
        read("<t>" + "x&amp;" * 1000 + "</t>")


@pytest.mark.parametrize("begin", ["<g a='", "<!--", "<?x ", "<g "])
def test_a_tag_without_end_is_given_up(begin, monkeypatch):
    monkeypatch.setattr(markup, "MAX_TAG", 1 << 16)
    monkeypatch.setattr(markup, "PIECE", 1 << 12)
    taken = 0

    def endless():
        nonlocal taken
        yield f"<g>{begin}".encode()
        while taken < 1000:
            taken += 1
            yield b" " * (1 << 12)

    with pytest.raises(DataError, match=r"a tag or comment of more than"):
        markup.parse(endless(), "a.xml", start=lambda *_: None, end=lambda *_: None)
    assert taken < 40


def test_long_texts_that_nobody_keeps_need_no_memory():
    blocks = [b"<g><u>", *[b"x" * (1 << 20)] * 40, b"</u></g>"]
    markup.parse(blocks, "a.xml", start=lambda *_: None, end=lambda *_: None)
