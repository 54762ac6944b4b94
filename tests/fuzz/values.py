"""What people and programs send into a field that was meant for something else."""

HUGE = 10**30
NUMBERS = [
    "-1",
    "0",
    "1",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    f"-{HUGE}",
    str(HUGE),
    "9" * 5_000,
]
FRACTIONS = ["NaN", "-Infinity", "1e400", "1e-400", "0.1000000000000000000001", "1,5", "٣", "²", "0x10", "1_000"]
DAYS = ["0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "2026-W01-1", "20260301", "31.12.9999", "01.01.0001"]
MOMENTS = ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00-14:00", "2026-03-29T03:30", "24:00", "25:61", "-1:00"]
WORDS = [
    *("", " ", "\0", "a\0b", "\u202e", "\ud7ff", "\ufffe", "e\u0301" * 300, "x" * 20_000, "\r\n", "\u2028"),
    *("{{ 7|add:7 }}", "%s%n", "../../etc/passwd", "<script>", "'\"", "\\", "%00", "*" * 100, "(a+)+$", "😀" * 200),
]
ADDRESSES = [
    "a@b",
    "@",
    f"{'a' * 300}@example.org",
    "a@xn--",
    "a@" + "b." * 200 + "lt",
    '"a b"@c.de',
    "a\r\nBcc: x@y.lt",
]
PHONES = ["+", "+370", "0" * 50, "+999999999999999999", "tel:1;ext=2", "+3706123456٣"]
JSON = ["[", "{}", "[[[[]]]]", "null", '{"a":' * 50, "[1e999]", '"\\ud800"']
TOKENS = ["1:" + "A" * 27, "..", "99999999999999999999:" + "A" * 27, ":", "1.2.3.4:x", "-", "a" * 400]
VALUES = [*NUMBERS, *FRACTIONS, *DAYS, *MOMENTS, *WORDS, *ADDRESSES, *PHONES, *JSON, *TOKENS]
# In an address: what the URLconf lets through to the view.
ROW_NUMBERS = [0, 2**31, 2**63 - 1, 2**63, HUGE]
STEPS = ["x", "0", "1:" + "A" * 27, "\0", "é", "x" * 500, "%00", ":", "..", "1.9999999999999999999999:" + "A" * 27]
# Bodies that say to be something else than they are: the kind, and the bytes.
FORM = "application/x-www-form-urlencoded"
BODIES = [
    (f"{FORM}; charset={charset}", b"q=%ff%fe&name=\xff\xfe")
    for charset in (
        "utf-16",
        "hex",
        "base64",
        "idna",
        "punycode",
        "undefined",
        "rot13",
        "zlib",
        "nobody",
        "utf-7",
        "\xe9",
    )
]
BODIES += [
    (FORM, b"&" * 2_000),
    (FORM, b"=&=&%&%zz&a[b]=c"),
    (FORM, b"&".join(b"a%d=1" % number for number in range(2_000))),
    ("multipart/form-data", b""),
    ("multipart/form-data; boundary=", b"--\r\n\r\n"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name*=hex''61\r\n\r\n1\r\n--x--\r\n"),
    (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name*=no-such''q\r\n\r\n1\r\n--x--\r\n",
    ),
    (
        "multipart/form-data; boundary=x; charset=idna",
        b"--x\r\nContent-Disposition: form-data; name=q\r\n\r\n\xff\r\n--x--",
    ),
    (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name=q\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n--x--\r\n",
    ),
    (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name=q; filename*=no-such''a\r\n\r\n1\r\n--x--\r\n",
    ),
    ("application/json", b'{"a": '),
    ("application/json; charset=utf-16", b"{}"),
    ("text/plain", b"\xff" * 100),
    ("x" * 300, b"q=1"),
    ("", b"q=1"),
]
COOKIES = [
    {"sessionid": '"' + "\\000" * 32 + '"'},
    {"sessionid": "x" * 5_000},
    {"csrftoken": "\\000" * 32, "messages": "x", "device": "a.b~", "typists": "x:y"},
    {"messages": '"[[\\"__json_message\\"' + "0" * 100, "unsent": "\\000"},
]
