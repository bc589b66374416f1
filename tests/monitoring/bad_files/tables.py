"""CSV files that must be refused, by the code of the refusal or by their rows."""

HEAD = "indicator,value,comment\n"
GOOD = f"{HEAD}PCT,1,fine\n"
MB = 1024 * 1024


def text(content, encoding="utf-8"):
    return lambda: content.encode(encoding)


REFUSED = [
    ("nothing sent", lambda: b"", "not_a_list"),
    ("blank", text("\n \n\t\n"), "empty_file"),
    ("a mark and nothing", text("", "utf-8-sig"), "empty_file"),
    ("zeros", lambda: b"\0" * 500, "empty_file"),
    ("PNG", lambda: b"\x89PNG\r\n\x1a\n" + b"\1" * 900, "not_csv"),
    ("JPEG", lambda: b"\xff\xd8\xff\xe0" + b"\1" * 900, "not_csv"),
    ("GIF", lambda: b"GIF89a" + b"\1" * 900, "not_csv"),
    ("PDF", lambda: b"%PDF-1.7\n" + b"x" * 900, "not_csv"),
    ("half a workbook", lambda: b"PK\3\4" + b"\1" * 900, "damaged"),
    ("old workbook", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\1" * 900,
     "not_a_workbook"),
    ("gzip", lambda: b"\x1f\x8b\x08" + b"\1" * 900, "not_csv"),
    ("Latin letters", text(f"{GOOD}NUM,2,d\u00e9j\u00e0\n", "cp1252"), "encoding"),
    ("Cyrillic letters", text(f"{GOOD}NUM,2,вода и школы\n", "cp1251"), "encoding"),
    ("Arabic letters", text(f"{GOOD}NUM,2,المياه\n", "cp1256"), "encoding"),
    ("Japanese letters", text(f"{GOOD}NUM,2,みずのデータ\n", "shift_jis"), "encoding"),
    ("Chinese letters", text(f"{GOOD}NUM,2,水资源管理\n", "gb18030"), "encoding"),
    ("UTF-32", text(GOOD, "utf-32"), "encoding"),
    ("NUL", text(f"{GOOD}NUM,2,a\0b\n"), "nul_character"),
    ("titles only", text(HEAD), "no_rows"),
    ("rows without titles", text("PCT,1,fine\nNUM,2,\n"), "no_header"),
    ("a title misspelt", text("indicater,value\nNUM,1\n"), "no_header"),
    ("a sentence", text("hello world"), "no_header"),
    ("a page", text("<html><body>no</body></html>"), "no_header"),
    ("a quote that stays open", text(f'{GOOD}NUM,2,"open\nUSD,3,x\n'), "not_csv"),
    ("a sign after a quote", text(f'{GOOD}NUM,2,"a"b\n'), "not_csv"),
    ("a cell of 200,000 signs", text(f"{GOOD}NUM,2,{'x' * 200_000}\n"), "not_csv"),
    ("300 columns", text(",".join(["indicator", *(f"c{n}" for n in range(300))]) + "\nNUM\n"),
     "too_many_columns"),
    ("a million columns", text("indicator" + ",x" * 1_000_000 + "\nNUM\n"), "too_many_columns"),
    ("21 MB", lambda: GOOD.encode() + b"NUM,2,x\n" * (21 * MB // 8), "body_too_large"),
    ("unknown title", text("indicator,value,amount\nNUM,1,2\n"),
     [(1, "amount", "unknown_column")]),
    ("a title twice", text("indicator,value,value\nNUM,1,1\n"), [(1, "value", "column_twice")]),
    ("values without a title", text("indicator,value,\nNUM,1,2\n"), [(2, "column", "untitled")]),
    ("too many cells", text("indicator,value\nNUM,1,500\n"), [(2, "row", "too_many_cells")]),
    ("two rows for one cell", text(f"{HEAD}NUM,1,\nUSD,3,\nNUM,2,\n"),
     [(4, "indicator", "cell_repeated")]),
    ("a NUL in disguise", text(f"{HEAD}NUM,\ufeff1,\n"), [(2, "value", "not_a_number")]),
    ("a space that is none", text(f"{HEAD}NUM,1\u200b,\n"), [(2, "value", "not_a_number")]),
    ("all rows at once", text(f"{HEAD}NUM,N/A,\nRATE,9,\nNUMB,1,\nYESNO,3,\n"),
     [(2, "value", "not_a_number"), (3, "value", "off_scale"),
      (4, "indicator", "unknown_indicator"), (5, "value", "not_yes_or_no")]),
]  # fmt: skip
