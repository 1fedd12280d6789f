"""A definition compiled again after random edits of its fragment is what compiling it from the beginning makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tdl import pipeline
from tdl.backends.api import BackendError, Generated, Options, find_backend
from tdl.backends.since import Incremental, Since
from tdl.cli.edited import names_of
from tdl.project.editing import Edited, edited, whole_of
from tdl.project.keeping import whole
from tdl.project.parts import Parts, Writer
from tdl.project.shelf import Recorder
from tdl.sources import Resolver
from tdl.syntax.printer import print_document, print_fragment
from tests.property.documents import DRASTIC, documents, fragments

PATH = "change.tdl"
STANDARD = "std:2012"
TAKING_PART: tuple[tuple[str, dict[str, str]], ...] = (
    ("python", {}),
    ("c", {}),
    ("c", {"tables": "ST11,ST12"}),
    ("rust", {}),
    ("rust", {"tables": "ST0,ST11,ST12,UT3", "serde": "yes"}),
    ("rust", {"tables": "MT2,MT3"}),
    ("wireshark", {}),
    ("wireshark", {"tables": "ST12"}),
    ("jsonschema", {}),
    ("edl-xsd", {}),
)
"""Back ends that make only what changed, and options."""

bounded = settings(
    max_examples=settings().max_examples // 2,
    deadline=None,
    phases=[p for p in Phase if p is not Phase.explain],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


BASE = """\
DOCUMENT BASE EDITION "2012" WITH PendingHeader = EVENT_RCD;
TYPE KINDS_ENUM = ENUMERATION NONE : 0; ENERGY : 1; DEMAND : 2..9; END;
TYPE OTHER_ENUM = ENUMERATION IDLE : 0; BUSY : 1 WITH Argument = "EVENT_RCD"; END;
TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0); TM_FORMAT : UINT(1..3); KIND : UINT(4..7) WITH Enum = KINDS_ENUM;
END;
TYPE GEN_CONFIG_RCD = PACKED RECORD FORMAT : FORMAT_BFLD; COUNT : UINT8; USED : SET(COUNT); END;
TABLE 0 GEN_CONFIG_TBL = GEN_CONFIG_RCD;
TYPE EVENT_RCD = PACKED RECORD EVENT : UINT8; END;
TYPE VALUE = UINT16;
TYPE FLAGS_BFLD = BIT FIELD OF UINT8 LOW : UINT(0..3); HIGH : UINT(4..7); END;
TYPE ACT_RCD = PACKED RECORD NBR : UINT8; MODE : UINT8 WITH Enum = "KINDS_ENUM"; FLAGS : FLAGS_BFLD; END;
TABLE 11 ACT_LIST_TBL = ACT_RCD;
TYPE ENTRY_RCD = PACKED RECORD
    STATE : UINT8 WITH Enum = OTHER_ENUM;
    IF ACT_LIST_TBL.FLAGS.LOW == 1 THEN WHEN_DONE : STIME_DATE; END;
    SWITCH ACT_LIST_TBL.MODE OF CASE 1 : E : VALUE; CASE 2..9 : D : ARRAY[2] OF VALUE; DEFAULT : END;
END;
TYPE LIST_RCD = PACKED RECORD ENTRIES : ARRAY[ACT_LIST_TBL.NBR] OF ENTRY_RCD; END;
TABLE 12 LIST_TBL = LIST_RCD;
TABLE MFG 1 COPY_TBL = LIST_RCD;
TYPE FAR_RCD = PACKED RECORD MANY : ARRAY[LIST_TBL.ENTRIES[0].STATE] OF UINT8; END;
TABLE 13 FAR_TBL = FAR_RCD;
TYPE ALONE_RCD = PACKED RECORD A : UINT8; B : NI_FMAT1; END;
TABLE USER 3 ALONE_TBL = ALONE_RCD;
TYPE ASKED_RCD = PACKED RECORD WHICH : UINT8; END;
PROCEDURE 3 ASK = PARAMETER ASKED_RCD RESPONSE FLAGS_BFLD;
"""

SOUND = (
    "MODIFY TYPE ALONE_RCD ADD C : UINT8 FIRST; END;",
    "MODIFY TYPE ALONE_RCD REPLACE A : UINT32 WAS UINT8; END;",
    'MODIFY TYPE ALONE_RCD SET B.Label = "far"; END;',
    "MODIFY TYPE ALONE_RCD MOVE A AFTER B; END;",
    "MODIFY TYPE ALONE_RCD RENAME A TO Z; END;",
    'MODIFY TYPE VALUE SET Label = "of what"; END;',
    "REPLACE TYPE VALUE = UINT32;",
    "REPLACE TYPE EVENT_RCD = PACKED RECORD EVENT : UINT16; END;",
    "REPLACE TYPE FLAGS_BFLD = BIT FIELD OF UINT16 LOW : UINT(0..1); HIGH : UINT(4..15); END;",
    "REPLACE TYPE ASKED_RCD = PACKED RECORD WHICH : ARRAY[ACT_LIST_TBL.NBR] OF UINT8; END;",
    "REPLACE TYPE OTHER_ENUM = ENUMERATION IDLE : 0; TIRED : 1; END;",
    "MODIFY TYPE KINDS_ENUM ADD EXTRA : 10 LAST; END;",
    "MODIFY TYPE ACT_RCD ADD MORE : INT16 LAST; END;",
    "MODIFY TYPE ACT_RCD REPLACE NBR : UINT16 WAS UINT8; END;",
    "MODIFY TYPE GEN_CONFIG_RCD ADD LATE : UINT8 LAST; END;",
    'MODIFY TABLE 13 SET Role = "DATA"; END;',
    'MODIFY TABLE USER 3 SET Label = "alone"; END;',
    'MODIFY DOCUMENT SET Label = "all"; END;',
    "REMOVE TABLE 13;",
    "REMOVE TABLE MFG 1;",
    "REMOVE PROCEDURE 3;",
    "RENAME TABLE 13 TO FARTHER_TBL;",
    "ADD TYPE NEW_RCD = PACKED RECORD N : VALUE; F : FLAGS_BFLD; END; ADD TABLE MFG 2 NEW_TBL = NEW_RCD;",
    "ADD TABLE 15 USING_TBL = ALONE_RCD;",
    "ADD TYPE ACT_LIST = PACKED RECORD X : UINT8; END;",
    "ADD TYPE MISSING_RCD = PACKED RECORD M : UINT8; END;",
    "ADD PROCEDURE MFG 1 DO = PARAMETER ALONE_RCD;",
    "ADD TYPE Structure = PACKED RECORD X : UINT8; END;"
    " ADD TYPE USING_RCD = PACKED RECORD S : Structure; END; ADD TABLE 16 USE_TBL = USING_RCD;",
)
"""Edits that a fragment can have alone."""

UNSOUND = (
    "MODIFY TYPE ALONE_RCD REMOVE NOTHING; END;",
    "REPLACE TYPE VALUE = VALUE;",
    "REPLACE TYPE FLAGS_BFLD = BIT FIELD OF UINT16 HIGH : UINT(4..15); END;",
    "REPLACE TYPE OTHER_ENUM = ENUMERATION IDLE : 0; HUGE : 300; END;",
    "MODIFY TYPE ACT_RCD REMOVE NBR; END;",
    "MODIFY TYPE ACT_RCD ADD BACK : ARRAY[FAR_TBL.MANY[0]] OF UINT8 LAST; END;",
    "REMOVE TYPE FAR_RCD;",
    "REMOVE TYPE OTHER_ENUM;",
    "ADD TABLE MFG 2049 LIKE_TBL = ALONE_RCD;",
    "ADD TABLE 14 ALONE_TBL = ALONE_RCD;",
    "ADD TYPE HANG_RCD = PACKED RECORD H : MISSING_RCD; END;",
    "ADD PROCEDURE 3 ASK_AGAIN = PARAMETER ALONE_RCD;",
)
"""Edits that are wrong, or would be but for others."""


def fragment(edits: Iterable[str]) -> str:
    return "\n".join(['FRAGMENT CHANGE OF "BASE";', *edits, ""])


@st.composite
def states(draw: st.DrawFn) -> list[str]:
    """A fragment in several states, each of which has most of the edits of the one before."""
    edits = draw(st.lists(st.sampled_from(SOUND), max_size=3, unique=True))
    found = [fragment(edits)]
    for _ in range(2):
        more = draw(st.sampled_from((*SOUND, *SOUND, *UNSOUND)))
        edits = [each for each in edits if draw(st.integers(0, 3))] + [more] * (more not in edits)
        found.append(fragment(edits))
    return found


def compiled(texts: Mapping[str, str], definition: str = "base.tdl") -> tuple[pipeline.Compiled | None, bytes | None]:
    """A definition from the beginning, and its parts if it has some."""
    recorder, notes = Recorder(Resolver(overlay=texts)), pipeline.Notes()
    context = pipeline.Context(resolver=recorder, notes=notes)
    found = pipeline.run(pipeline.Request(definition=definition, fragments=(PATH,)), context)
    if found is None:
        return None, None
    writer = Writer()
    index = whole(writer, notes, recorder.texts, found.document, found.model, found.plan)
    return found, None if index is None else writer.whole(index)


@bounded
@given(states())
def test_an_edited_definition_is_what_it_would_be(texts: list[str]) -> None:
    before: bytes | None = None
    for text in texts:
        expected, octets = compiled({"base.tdl": BASE, PATH: text})
        if before is not None:
            now = edited(Parts(memoryview(before)), {PATH: text})
            if now is not None:
                assert expected is not None, "what is wrong was not seen"
                agrees(now, expected)
                octets = now.writer.whole(now.index)  # edits of edits
        before = octets


def agrees(now: Edited, expected: pipeline.Compiled) -> None:
    definition, of = whole_of(now)
    assert now.hash == expected.hash
    assert definition == expected.model
    assert of == expected.plan
    assert [table.key for table in of.tables] == [table.key for table in expected.plan.tables]


USED_ELSEWHERE = "MODIFY TYPE ALONE_RCD ADD E : FORMAT_BFLD LAST; END;"
"""What makes a type one of two groups of tables."""

NAMESAKES = (
    "ADD TYPE ONE_RCD = PACKED RECORD A : UINT8; END; ADD TYPE ONE__RCD = PACKED RECORD B : UINT16; END;"
    " ADD TYPE THIRD_RCD = PACKED RECORD F : ONE__RCD; END; ADD TABLE MFG 3 THIRD_TBL = THIRD_RCD;"
    " ADD TYPE SECOND_RCD = PACKED RECORD F : {}; END; ADD TABLE MFG 2 SECOND_TBL = SECOND_RCD;"
)
"""Two types of one name in Rust: once no table has the first one, the second one is called so."""

CODES = ("ADD TYPE Codes = ENUMERATION A : 0; END;", "ADD TYPE Codes_ = ENUMERATION B : 0; END;")
"""The second takes the name that the class of the first would have."""


@bounded
@example([fragment([]), fragment([USED_ELSEWHERE]), ""])
@example([fragment(CODES[:1]), fragment(CODES), ""])
@example([fragment([NAMESAKES.format("ONE_RCD")]), fragment([NAMESAKES.format("UINT8")]), ""])
@example([fragment([NAMESAKES.format("UINT8")]), fragment([NAMESAKES.format("ONE_RCD")]), ""])
@given(states())
def test_files_are_those_of_a_whole_run(texts: list[str]) -> None:
    assert_files_are_those_of_a_whole_run(BASE, *texts[:2])


def assert_files_are_those_of_a_whole_run(base: str, text: str, new: str) -> None:
    """Compare the files that each back end makes when the text of a fragment becomes a new one.

    Args:
        base: a document, or the name of one in the library.
    """
    definition, texts = (base, {}) if base == STANDARD else ("base.tdl", {"base.tdl": base})
    first, octets = compiled({**texts, PATH: text}, definition)
    second, _ = compiled({**texts, PATH: new}, definition)
    parts = None if octets is None else Parts(memoryview(octets))
    now = None if parts is None else edited(parts, {PATH: new})
    if first is None or second is None or parts is None or now is None:
        return
    before, after = names_of(parts.index), names_of(now.index)
    if before.tables != after.tables:
        return
    for target, more in TAKING_PART:
        options = Options(package="made", values=more)
        backend, files = find_backend(target), made(target, (first.model, first.plan), options)
        if files.keys() == {""}:
            continue
        assert isinstance(backend, Incremental)
        known = backend.generate_first(first.model, first.plan, options)
        assert by_path(known) == files, target
        if not known.memory:
            continue
        since = Since(
            before=before,
            now=after,
            changed=now.changed,
            text=partial(text_of, dict(files)),
            memory=known.memory,
            plan=partial(whole_of, now, ("Enumeration",)),
        )
        again = backend.generate_again(now.model, now.plan, options, since)
        if again is None:
            continue
        afresh = backend.generate_first(second.model, second.plan, options)
        assert files | by_path(again) == by_path(afresh), target
        assert again.memory == afresh.memory, target


def by_path(made: Generated) -> dict[str, bytes]:
    return {file.path: file.content for file in made.files}


def text_of(files: dict[str, bytes], path: str) -> str:
    return files[path].decode()


def made(target: str, of: tuple[object, object], options: Options) -> dict[str, bytes]:
    """The files of a target; what is wrong, if that is all there is."""
    try:
        files = find_backend(target).generate(*of, options)  # type: ignore[arg-type]
    except BackendError as error:
        return {"": error.diagnostic.message.encode()}
    return {file.path: file.content for file in files}


@st.composite
def documents_and_edits(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A random document, and a random fragment of it in two states."""
    base = draw(documents())
    edits = [draw(fragments(base, verbs=DRASTIC)) for _ in range(2)]
    return print_document(base), [print_fragment(each) for each in edits]


@bounded
@given(documents_and_edits())
def test_files_of_random_definitions_are(case: tuple[str, list[str]]) -> None:
    base, (first, second) = case
    assert_files_are_those_of_a_whole_run(base, first, second)


KINDS = ("UINT8", "INT32", "STRING(7)", "BCD(5)", "BINARY(3)", "NI_FMAT1", "STIME_DATE", "ARRAY[3] OF UINT16")


@cache
def standard_records() -> tuple[str, ...]:
    """The records of the standard's document, but that of Table 0."""
    found = pipeline.run(pipeline.Request(definition=STANDARD, fragments=()), pipeline.Context(resolver=Resolver()))
    assert found is not None
    return tuple(each.name for each in found.model.records if each.name != "GEN_CONFIG_RCD")


@st.composite
def standard_edits(draw: st.DrawFn) -> list[str]:
    """A fragment of the standard's document in two states, that adds elements to records."""
    found = []
    for name in ("EXTRA", "MORE"):
        records = draw(st.lists(st.sampled_from(standard_records()), min_size=1, max_size=2, unique=True))
        additions = [
            f"ADD {name} : {draw(st.sampled_from(KINDS))} {draw(st.sampled_from(('FIRST', 'LAST')))};" for _ in records
        ]
        edits = [f"MODIFY TYPE {record} {add} END;" for record, add in zip(records, additions, strict=True)]
        found.append("\n".join([f'FRAGMENT CHANGE OF "{STANDARD}";', *edits, ""]))
    return found


@settings(bounded, max_examples=max(2, bounded.max_examples // 25))
@given(standard_edits())
def test_files_of_the_standard_are(texts: list[str]) -> None:
    assert_files_are_those_of_a_whole_run(STANDARD, *texts)
