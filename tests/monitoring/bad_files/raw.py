"""Workbooks written part by part, so that anything can be wrong in them."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def letters(number):
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell(place, value, style=""):
    """A cell's XML: a number as one, a text inline; what is XML already stays as it is."""
    style = f' s="{style}"' if style else ""
    if isinstance(value, Xml):
        return value.format(place=place)
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"{style}><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"{style}><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"{style}><is><t>{escape(value)}</t></is></c>'


class Xml(str):
    """A cell written by hand; {place} stands for where it is."""


def formula(text, value=None, kind=""):
    stored = "" if value is None else f"<v>{value}</v>"
    kind = f' t="{kind}"' if kind else ""
    return Xml(f'<c r="{{place}}"{kind}><f>{escape(text)}</f>{stored}</c>')


def styled(value, style):
    return Xml(f'<c r="{{place}}" s="{style}"><v>{value}</v></c>')


def rows_xml(rows, first=1):
    made = []
    for number, row in enumerate(rows, start=first):
        cells = (
            cell(f"{letters(column)}{number}", value)
            for column, value in enumerate(row, start=1)
            if value is not None
        )
        made.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(made)


def sheet_xml(rows, after="", first=1):
    body = rows if isinstance(rows, str) else rows_xml(rows, first)
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{after}</worksheet>'


def merged(*places):
    refs = "".join(f"<mergeCell ref={quoteattr(place)}/>" for place in places)
    return f"<mergeCells>{refs}</mergeCells>"


# Style 1 shows a date, 2 a percentage, 3 a date of its own, 4 plain numbers with a colour.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="[Red]#,##0.00"/></numFmts><cellXfs count="5">'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="164"/>'
    '<xf numFmtId="165"/></cellXfs></styleSheet>'
)


def parts(sheets, texts=None, states=None):
    """The parts of a workbook by name: {title: XML of the sheet}."""
    names = list(sheets)
    states = states or {}
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="s{n}"'
        f' state="{states.get(name, "visible")}"/>'
        for n, name in enumerate(names, start=1)
    )
    related = "".join(
        f'<Relationship Id="s{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    shared = f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    made = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="w" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}'
        f'<Relationship Id="y" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f"{shared if texts is not None else ''}</Relationships>",
        "xl/styles.xml": STYLES,
    }
    if texts is not None:
        items = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
        made["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{items}</sst>'
    for n, name in enumerate(names, start=1):
        made[f"xl/worksheets/sheet{n}.xml"] = sheets[name]
    return made


def packed(made, compression=zipfile.ZIP_DEFLATED):
    """The archive of some parts; a part may be a text, bytes, or an iterable of bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in made.items():
            if isinstance(content, str | bytes):
                archive.writestr(name, content)
                continue
            with archive.open(name, "w", force_zip64=False) as entry:
                for chunk in content:
                    entry.write(chunk)
    return file.getvalue()


def workbook(rows, after="", **more):
    return packed(parts({"Data": sheet_xml(rows, after)}, **more))
