"""0xx and 5xx, continued: meters that are spoken to."""

from __future__ import annotations

from tdl.report.rule import Example, Rule

_METER = """\
[GEN_CONFIG_TBL]
DATA_ORDER = 0
CHAR_FORMAT = 1
MODEL_SELECT = 0
TM_FORMAT = 2
DATA_ACCESS_METHOD = 3
ID_FORM = 0
INT_FORMAT = 0
NI_FORMAT1 = 8
NI_FORMAT2 = 8
MAX_PROC_PARM_LENGTH = 8
MAX_RESP_DATA_LEN = 8
DIM_STD_TBLS_USED = 8
DIM_MFG_TBLS_USED = 0
DIM_STD_PROC_USED = 2
DIM_MFG_PROC_USED = 0
DIM_MFG_STATUS_USED = 0
NBR_PENDING = 0
STD_TBLS_USED = [0, 1, 5, 6, 7, 8, 52]
STD_TBLS_WRITE = [5, 6, 7, 52]
STD_PROC_USED = [1, 9]
"""
_FILES: dict[str, str | bytes] = {"meter.toml": _METER}
_READ = "tdl meter read -d std:1997 simulated:meter.toml"
_WRITE = "tdl meter write -d std:1997 simulated:meter.toml"
_RIGHT = Example(_FILES, f"{_READ} ST5")

NO_LINE = Rule(
    code="TDL010",
    slug="no-line",
    message="there is no line to the meter: {problem}",
    why="""
Nothing was said to the meter: the URL names no place, nobody listens there, the port is another program's, or the
line was closed.
""",
    wrong=Example({}, "tdl meter read -d std:2012 c1218+tcp://127.0.0.1 ST1"),
    right=_RIGHT,
)

NO_ANSWER = Rule(
    code="TDL011",
    slug="no-answer",
    message="the meter does not answer",
    why="""
Octets were sent, several times, and none came back. The line is there and nobody is at its other end, or somebody who
is not spoken to: another device on a shared line, or an optical port that has to be woken.
""",
    wrong=Example(_FILES, f"{_READ}?fault=silence ST5"),
    right=_RIGHT,
)

UNREADABLE_ANSWER = Rule(
    code="TDL012",
    slug="unreadable-answer",
    message="what the meter sends cannot be read: {problem}",
    why="""
Octets came back that are no packets, or packets with something in them that is no answer. Mostly the speed is another
one, or the meter speaks another protocol.
""",
    wrong=Example(_FILES, f"{_READ}?fault=noise ST5"),
    right=_RIGHT,
)

DAMAGED_ANSWER = Rule(
    code="TDL013",
    slug="damaged-answer",
    message="packets arrive damaged: {problem}",
    why="""
Packets came, at the right speed, and their checksums were wrong each time they were repeated, here or at the meter.
The line is bad: a head that does not sit well on the optical port, light from outside, a long cable.
""",
    wrong=Example(_FILES, f"{_READ}?fault=checksum ST5"),
    right=_RIGHT,
)


LOGIN_REFUSED = Rule(
    code="TDL541",
    slug="login-refused",
    message="the meter does not let in who asks: {problem}",
    why="""
The meter refused the user, the password or the key. After some wrong passwords meters look at none for a while.
Passwords are filled up to twenty octets, for most meters with blanks, for some with zeros.
""",
    wrong=Example({**_FILES, "password": "wrong\n"}, f"{_READ}?closed=1 --password-file password ST5"),
    right=_RIGHT,
)

SERVICE_REFUSED = Rule(
    code="TDL542",
    slug="service-refused",
    message="the meter refuses {what}: `{name}`, {meaning}",
    why="""
The meter understood what was asked for, and answered with one of the codes that mean that it does not do it. Table 0
says which tables it has, which can be written, and whether parts of them can be had.
""",
    wrong=Example(_FILES, f"{_READ} ST23"),
    right=_RIGHT,
)

UNCERTAIN = Rule(
    code="TDL543",
    slug="uncertain-write",
    message="a write or a procedure may have been done: {problem}",
    why="""
The request left, and its answer did not come. It is not sent again by itself, as it might then be done twice. Read the
table, and decide.
""",
    wrong=Example(_FILES, f"{_WRITE}?fault=lost ST5={'41' * 20}"),
    right=Example(_FILES, f"{_WRITE} ST5={'41' * 20}"),
)

NOT_KEPT = Rule(
    code="TDL544",
    slug="not-kept",
    message="`{table}` does not read back as it was written, from octet {offset} on",
    why="""
The meter acknowledged a write, and what was read behind it is something else. Some tables never read back: clocks go
on, and passwords read as zeros; `--no-check` is for those.
""",
    wrong=Example(_FILES, f"{_WRITE} ST52={'00' * 7}"),
    right=Example(_FILES, f"{_WRITE} --no-check ST52={'00' * 7}"),
)

PROCEDURE_REFUSED = Rule(
    code="TDL545",
    slug="procedure-refused",
    message="procedure {key} was not done: {meaning}",
    why="The meter took the procedure's request, and Table 8 says that nothing came of it.",
    wrong=Example(_FILES, "tdl meter procedure -d std:1997 simulated:meter.toml SAVE_CONFIGURATION"),
    right=Example(_FILES, "tdl meter procedure -d std:1997 simulated:meter.toml WARM_START"),
)
