"""Answers that find their requests."""

from __future__ import annotations

import pytest

from tdl.systems.wire import answers
from tdl.systems.wire.answers import Done, Refused, TableData
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.exchange import Exchange, pair
from tdl.systems.wire.requests import Read, Security

PASSWORD, READ = Security(password=bytes(20), user_id=2), Read(table=1)
DONE, DATA, REFUSED = (answers.encode(each) for each in (Done(), TableData(octets=b"ab"), Refused(code=3)))


def test_in_their_order() -> None:
    found = pair([PASSWORD, READ, READ], [DONE, DATA, REFUSED])
    assert [each.answer for each in found] == [Done(), TableData(octets=b"ab"), Refused(code=3)]


def test_a_password_without_an_answer() -> None:
    """As in the standard's example 8."""
    assert pair([PASSWORD, READ], [DATA]) == (
        Exchange(request=PASSWORD, answer=None),
        Exchange(request=READ, answer=TableData(octets=b"ab")),
    )


@pytest.mark.parametrize(
    ("asked", "services"),
    [([READ, READ], [DATA]), ([PASSWORD], []), ([PASSWORD, READ], []), ([READ], [DATA, DATA]), ([], [DATA])],
)
def test_numbers_that_do_not_agree(asked: list[Read | Security], services: list[bytes]) -> None:
    with pytest.raises(WireError, match=f"service: {len(services)} answers, {len(asked)} expected"):
        pair(asked, services)
