"""Templates: what each tag puts into the text, which blanks and ends of lines it takes along, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdl.backends import templates
from tdl.backends.templates import Templates, python


def rendered(text: str, monkeypatch: pytest.MonkeyPatch, **values: object) -> str:
    others = {"name.tmpl": text, "inner.tmpl": "<{{ each }}>\n"}
    monkeypatch.setattr(templates, "packaged_text", lambda *path: others[path[-1]])
    templates._code.cache_clear()
    try:
        return Templates("any", double=lambda value: value * 2).render("name.tmpl", **values)
    finally:
        templates._code.cache_clear()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("as 'it' \"is\" \\n\n", "as 'it' \"is\" \\n\n"),
        ("{{ count }}, {{ double(count) }}{{ f'{count}' }}\n", "2, 42\n"),
        ("a\n{% for each in names %}\n  {{ each }}\n{% endfor %}\nb\n", "a\n  x\n  y\nb\n"),
        ("a\n    {% if count %}\nyes\n\t{% endif %}\nb", "a\nyes\nb"),
        ("{% if count == 1 %}\none\n{% elif count == 2 %}\ntwo\n{% else %}\nmany\n{% endif %}\n", "two\n"),
        ("{% if not count %}\nnone\n{% else %}\n{% endif %}\n", ""),
        ("{% for each in () %}\nnone\n{% endfor %}\n", ""),
        ("all {% if count %}of {% endif %}it {{ count }}\n", "all of it 2\n"),
        ("{% set twice = double(count) %}\n{{ twice }}\n", "4\n"),
        ("{% for each in names %}\n{% include inner.tmpl %}\n{% endfor %}\n", "<x>\n<y>\n"),
        ("{% for n, each in enumerate(names, 1) %}\n{{ n }}{{ each }}\n{% endfor %}\n", "1x\n2y\n"),
        ("{% for a in names %}\n{% for b in names %}\n{{ a }}{{ b }} {% endfor %}\n{% endfor %}\n", "xx xy yx yy "),
        ("{{ [each for each in names if each in names] }}", "['x', 'y']"),
    ],
)
def test_what_a_template_makes(text: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered(text, monkeypatch, count=2, names=("x", "y")) == expected


def test_what_is_not_given_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NameError, match="nothing"):
        rendered("{{ nothing }}", monkeypatch)
    with pytest.raises(AttributeError, match="nothing"):
        rendered("{{ count.nothing }}", monkeypatch, count=2)


@pytest.mark.parametrize(
    "text",
    ["{% endif %}", "{% if a %}", "{% for a in b %}{% endif %}", "{% else %}", "{% for a in b %}{% else %}", "{% a %}"],
)
def test_tags_that_do_not_belong_together(text: str) -> None:
    with pytest.raises(ValueError, match=r"after|ends"):
        python(text)


def test_every_template_compiles() -> None:
    folder = Path(templates.__file__).parent
    names = [path.relative_to(folder).parts for path in folder.rglob("*.tmpl")]
    assert len(names) > 10
    for backend, _, name in names:
        assert templates._code(backend, name)
