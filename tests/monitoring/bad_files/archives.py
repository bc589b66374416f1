"""Files that are no workbook that can be read, each with the code of its refusal."""

import io
import struct
import zipfile
import zlib

from tests.monitoring.bad_files.raw import (
    MAIN,
    OFFICE,
    letters,
    packed,
    parts,
    rows_xml,
    sheet_xml,
    workbook,
)

HEAD = ["indicator", "value", "comment"]
GOOD = [HEAD, ["PCT", 1, "fine"]]
SHEET = "xl/worksheets/sheet1.xml"
MB = 1024 * 1024


def good():
    return parts({"Data": sheet_xml(GOOD)})


def changed(**replaced):
    """A good workbook with some parts replaced or, by None, taken out; __ stands for /."""
    made = good()
    for name, content in replaced.items():
        name = {
            "types": "[Content_Types].xml",
            "root": "_rels/.rels",
            "book": "xl/workbook.xml",
            "rels": "xl/_rels/workbook.xml.rels",
            "sheet": SHEET,
            "styles": "xl/styles.xml",
        }[name]
        if content is None:
            del made[name]
        else:
            made[name] = content(made[name]) if callable(content) else content
    return packed(made)


def more(**added):
    return packed(good() | {name.replace("__", "/"): content for name, content in added.items()})


def plain_zip(**files):
    return packed({name.replace("__", "."): content for name, content in files.items()})


def repeated(chunk, megabytes):
    return (chunk * (MB // len(chunk)) for _ in range(megabytes))


def bomb(megabytes, chunk=b" "):
    """A sheet that is small when packed and endless when unpacked."""
    xml = sheet_xml(GOOD)
    head, tail = xml.split("</sheetData>")

    def whole():
        yield head.encode()
        yield from repeated(chunk, megabytes)
        yield f"</sheetData>{tail}".encode()

    return packed(good() | {SHEET: whole()})


def lying(content, size):
    """The sheet's stated size changed wherever the archive has it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        real = archive.getinfo(SHEET).file_size
    return content.replace(struct.pack("<L", real), struct.pack("<L", size))


def patched(content, at, new):
    return content[:at] + new + content[at + len(new) :]


def overlapping():
    """Two parts in the directory that share their bytes, as quines and overlapping bombs do."""
    made = good()
    content = packed(made | {"xl/copy.xml": made[SHEET]}, zipfile.ZIP_STORED)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.getinfo(SHEET).header_offset
        second = archive.getinfo("xl/copy.xml").header_offset
    place = content.rindex(struct.pack("<L", second), 0, content.rindex(b"PK\x05\x06"))
    return patched(content, place, struct.pack("<L", first))


def flagged_encrypted():
    content = bytearray(packed(good()))
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 1)
    return bytes(content)


def bad_checksum():
    content = bytearray(packed(good(), zipfile.ZIP_STORED))
    content[content.index(b"<sheetData>") + 1] = ord("S")
    return bytes(content)


def compound(*names):
    """The old Office container, with the names of its streams."""
    body = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016 + body


def png():
    row = b"\0" + b"\xff\0\0" * 8
    data = zlib.compress(row * 8)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(data)) + b"IDAT" + data


def twice():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in good().items():
            archive.writestr(name, content)
        archive.writestr("xl/more.xml", good()[SHEET])
        archive.writestr("xl/moar.xml", good()[SHEET])
    return file.getvalue().replace(b"xl/moar.xml", b"xl/more.xml")


def with_method(method):
    content = bytearray(packed(good()))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset : place + offset + 2] = struct.pack("<H", method)
            place = content.find(mark, place + 1)
    return bytes(content)


def sheet_of(body, after=""):
    return packed(good() | {SHEET: sheet_xml(body, after)})


def doctype(inside):
    return lambda xml: f"<!DOCTYPE worksheet [{inside}]>{xml}"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
DEEP = "<a>" * 5000 + "</a>" * 5000
WIDE = "".join(f'<c r="{letters(n)}1"><v>1</v></c>' for n in range(1, 400))


def endless():
    return "<row>" + "".join(f"<c><v>{n * 7919}</v></c>" for n in range(1_000_000)) + "</row>"


def many_rows():
    rows = (f"<row><c><v>{n * 7919}</v></c></row>" for n in range(110_000))
    return rows_xml([HEAD]) + "".join(rows)


def many_rows_file():
    return sheet_of(many_rows())


def one_text_everywhere():
    """A text that is stored once, and told of thousands of cells."""
    cells = '<row><c t="s"><v>1</v></c></row>' * 15_000
    head = '<row><c t="s"><v>0</v></c></row>'
    return packed(parts({"Data": sheet_xml(head + cells)}, texts=["indicator", "x" * 32_000]))


# Told by their first bytes: no archive at all.
STRANGERS = [
    ("empty", lambda: b"", "empty_file"),
    ("zeros", lambda: b"\0" * 5000, "not_a_workbook"),
    ("PNG", png, "not_a_workbook"),
    ("JPEG", lambda: b"\xff\xd8\xff\xe0" + b"\0" * 900, "not_a_workbook"),
    ("GIF", lambda: b"GIF89a" + b"\1" * 900, "not_a_workbook"),
    ("WebP", lambda: b"RIFF\x10\0\0\0WEBPVP8 " + b"\1" * 90, "not_a_workbook"),
    ("TIFF", lambda: b"II*\0" + b"\1" * 90, "not_a_workbook"),
    ("PDF", lambda: b"%PDF-1.7\n" + b"x" * 900, "not_a_workbook"),
    ("gzip", lambda: b"\x1f\x8b\x08" + zlib.compress(b"x" * 900), "not_a_workbook"),
    ("7z", lambda: b"7z\xbc\xaf\x27\x1c" + b"\1" * 90, "not_a_workbook"),
    ("RAR", lambda: b"Rar!\x1a\x07\0" + b"\1" * 90, "not_a_workbook"),
    ("program", lambda: b"MZ" + b"\0" * 900, "not_a_workbook"),
    ("HTML called xls", lambda: b"<html><table><tr><td>1</table>", "not_a_workbook"),
    ("Excel 2003 XML", lambda: b'<?xml version="1.0"?><Workbook/>', "not_a_workbook"),
    ("CSV", lambda: b"indicator,value\nNUM,1\n", "not_a_workbook"),
    ("plain text", lambda: b"hello", "not_a_workbook"),
    ("RTF", lambda: b"{\\rtf1 hello}", "not_a_workbook"),
    ("random bytes", lambda: bytes((n * 167 + 13) % 251 for n in range(4000)), "not_a_workbook"),
]  # fmt: skip

REFUSED = [
    ("old xls", lambda: compound("Root Entry", "Workbook"), "not_a_workbook"),
    ("Excel 5", lambda: compound("Root Entry", "Book"), "not_a_workbook"),
    ("old Word", lambda: compound("Root Entry", "WordDocument"), "not_a_workbook"),
    ("encrypted", lambda: compound("EncryptionInfo", "EncryptedPackage"), "encrypted"),
    ("encrypted archive", flagged_encrypted, "encrypted"),
    ("ods", lambda: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                            "content.xml": "<a/>"}), "not_a_workbook"),
    ("odt", lambda: packed({"mimetype": "application/vnd.oasis.opendocument.text",
                            "content.xml": "<a/>"}), "not_a_workbook"),
    ("docx", lambda: packed({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}),
     "not_a_workbook"),
    ("pptx", lambda: packed({"[Content_Types].xml": "<a/>", "ppt/presentation.xml": "<a/>"}),
     "not_a_workbook"),
    ("xlsb", lambda: packed({"[Content_Types].xml": "<a/>", "xl/workbook.bin": b"\x83\1"}),
     "not_a_workbook"),
    ("zip of pictures", lambda: plain_zip(a__png=png()), "not_a_workbook"),
    ("zip of a workbook", lambda: plain_zip(data__xlsx=packed(good())), "not_a_workbook"),
    ("zip in zip in zip", lambda: plain_zip(a__zip=plain_zip(b__zip=plain_zip(c__zip=b"x")),
                                            ), "not_a_workbook"),
    ("empty zip", lambda: packed({}), "not_a_workbook"),
    ("cut off at half", lambda: packed(good())[: len(packed(good())) // 2], "damaged"),
    ("cut off at the end", lambda: packed(good())[:-30], "damaged"),
    ("only the start", lambda: b"PK\3\4", "damaged"),
    ("start and rubbish", lambda: b"PK\3\4" + b"\xfe" * 5000, "damaged"),
    ("directory elsewhere", lambda: patched(packed(good()), len(packed(good())) - 6,
                                            b"\xff\xff\xff\x7f"), "damaged"),
    ("wrong checksum", bad_checksum, "damaged"),
    ("overlapping parts", overlapping, "damaged"),
    ("the same name twice", twice, "damaged"),
    ("packed by bzip2", lambda: with_method(12), "damaged"),
    ("packed by nothing known", lambda: with_method(77), "damaged"),
    ("sizes that lie low", lambda: lying(bomb(40), 1000), "damaged"),
    ("sizes that lie high", lambda: lying(packed(good()), 10 * MB), "too_large"),
    ("2,000 parts", lambda: packed(good() | {f"xl/{n}.xml": "" for n in range(2000)}),
     "too_large"),
    ("unpacks to 500 MB", lambda: bomb(500), "too_large"),
    ("grows 900 times", lambda: bomb(60), "too_large"),
    ("a comment of 500 MB beside it", lambda: packed(good() | {"xl/x.bin": repeated(b"\0", 500)}),
     "too_large"),
    ("21 MB", lambda: b"PK\3\4" + b"\xfe" * (21 * MB), "body_too_large"),
    ("one text in 15,000 cells", one_text_everywhere, "too_large"),
    ("no relations", lambda: changed(root=None), "damaged"),
    ("no workbook", lambda: changed(book=None), "damaged"),
    ("no sheet", lambda: changed(sheet=None), "damaged"),
    ("no sheet named", lambda: changed(book=f'<workbook xmlns="{MAIN}"/>'), "damaged"),
    ("no types", lambda: changed(types=None), "not_a_workbook"),
    ("sheet elsewhere", lambda: changed(rels=lambda xml: xml.replace("worksheets/sheet1.xml",
                                        "../../../../etc/passwd")), "damaged"),
    ("sheet on the web", lambda: changed(rels=lambda xml: xml.replace(
        'Target="worksheets/sheet1.xml"', 'Target="http://localhost/" TargetMode="External"')),
     "damaged"),
    ("texts that are not there", lambda: changed(rels=lambda xml: xml.replace(
        "</Relationships>", f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="t.xml"/>'
        "</Relationships>")), "damaged"),
    ("a chart as its only sheet", lambda: changed(rels=lambda xml: xml.replace("/worksheet",
                                                  "/chartsheet")), "damaged"),
    ("XML that stops", lambda: changed(sheet=lambda xml: xml[:-20]), "damaged"),
    ("XML twice", lambda: changed(sheet=lambda xml: xml + xml), "damaged"),
    ("no XML", lambda: changed(sheet="indicator,value"), "damaged"),
    ("an empty sheet part", lambda: changed(sheet=""), "damaged"),
    ("an undefined entity", lambda: changed(sheet=lambda x: x.replace("fine", "&nbsp;")),
     "damaged"),
    ("NUL in XML", lambda: changed(sheet=lambda x: x.replace("fine", "\0")), "damaged"),
    ("an unknown encoding", lambda: changed(sheet=lambda x:
                                            f'<?xml version="1.0" encoding="klingon"?>{x}'),
     "damaged"),
    ("bytes that are no UTF-8", lambda: changed(sheet=lambda x:
                                                x.encode().replace(b"fine", b"\xff\xfe\xfd")),
     "damaged"),
    ("nested 5,000 deep", lambda: changed(sheet=lambda x: x.replace("<sheetData>",
                                          f"{DEEP}<sheetData>")), "damaged"),
    ("a billion laughs", lambda: changed(sheet=lambda x: doctype(LAUGHS)(x).replace("fine",
                                         "&l9;")), "xml_entities"),
    ("a file as an entity", lambda: changed(sheet=lambda x: doctype(
        '<!ENTITY f SYSTEM "file:///etc/passwd">')(x).replace("fine", "&f;")), "xml_entities"),
    ("a document type from the web", lambda: changed(
        sheet=lambda x: f'<!DOCTYPE worksheet SYSTEM "http://localhost/x.dtd">{x}'),
     "xml_entities"),
    ("entities in the texts", lambda: packed(parts({"Data": sheet_xml(GOOD)}, texts=["a"]) | {
        "xl/sharedStrings.xml": f'<!DOCTYPE sst [{LAUGHS}]><sst xmlns="{MAIN}"><si><t>&l9;</t>'
        "</si></sst>"}), "xml_entities"),
    ("entities in the workbook part", lambda: changed(book=doctype(LAUGHS)), "xml_entities"),
    ("400 columns", lambda: sheet_of(f'<row r="1">{WIDE}</row>'), "too_many_columns"),
    ("a million columns", lambda: sheet_of(endless()), "too_many_columns"),
    ("a column beyond the last", lambda: sheet_of(
        '<row r="1"><c r="AAAAAAAAAAA1"><v>1</v></c></row>'), "too_many_columns"),
    ("110,000 rows", many_rows_file, "too_many_rows"),
    ("a row beyond the last", lambda: sheet_of(
        rows_xml([HEAD]) + '<row r="1048577"><c><v>1</v></c></row>'), "damaged"),
    ("rows out of order", lambda: sheet_of(rows_xml([HEAD], 5) + rows_xml([["PCT", 1]], 2)),
     "damaged"),
    ("the same row twice", lambda: sheet_of(rows_xml([HEAD]) + rows_xml([["PCT", 1]])), "damaged"),
    ("cells out of order", lambda: sheet_of(
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>'), "damaged"),
    ("a cell of another row", lambda: sheet_of('<row r="1"><c r="A2"><v>1</v></c></row>'),
     "damaged"),
    ("a text number 7 of none", lambda: sheet_of(
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), "damaged"),
    ("a text number -1", lambda: sheet_of('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'),
     "damaged"),
    ("merged cells that are none", lambda: sheet_of(
        rows_xml(GOOD), '<mergeCells><mergeCell ref="nonsense"/></mergeCells>'), "damaged"),
    ("a text of 20 MB in a cell", lambda: sheet_of(rows_xml([HEAD, ["PCT", 1, "x" * 20 * MB]])),
     "too_large"),
    ("a text of 40,000 characters", lambda: workbook([HEAD, ["PCT", 1, "x" * 40_000]]),
     "text_too_long"),
    ("a shared text of 3 MB", lambda: packed(parts({"Data": sheet_xml(GOOD)},
                                             texts=["ab" * (MB + MB // 2)])), "text_too_long"),
    ("70 sheets", lambda: packed(parts({f"S{n}": sheet_xml(GOOD) for n in range(70)})),
     "too_many_sheets"),
    ("nothing in it", lambda: workbook([]), "empty_file"),
    ("empty cells only", lambda: workbook([["  ", ""], [" "]]), "empty_file"),
    ("titles only", lambda: workbook([HEAD]), "no_rows"),
    ("rows without titles", lambda: workbook([["PCT", 1], ["NUM", 2]]), "no_header"),
    ("a title misspelt", lambda: workbook([["indicater", "value"], ["NUM", 2]]), "no_header"),
    ("notes above the titles", lambda: workbook([["Data of 2024"], HEAD, ["NUM", 2]]),
     "no_header"),
    ("a second sheet of something else", lambda: packed(parts(
        {"Data": sheet_xml(GOOD), "Budget": sheet_xml([["Item", "Cost"], ["Pump", 5]])})),
     "unknown_sheet"),
]  # fmt: skip
