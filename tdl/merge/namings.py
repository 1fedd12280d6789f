"""Every place of a declaration that names something else: types, and what references lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, assert_never

from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.syntax import ast

_D = TypeVar("_D", bound=ast.Declaration)
_S = TypeVar("_S", bound=ast.Specification)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Namings:
    """Puts other names in the place of those that a tree names; what does not change stays the same object.

    Attributes:
        type: the name to write for a type's name.
        reference: the reference to write for one; its subscripts are done already.
    """

    type: Callable[[str], str]
    reference: Callable[[ast.Reference], ast.Reference]

    def declaration(self, declaration: _D) -> _D:
        properties = self.properties(declaration.properties)
        if properties is not declaration.properties:
            declaration = replace(declaration, properties=properties)
        match declaration:
            case ast.Record() | ast.Enumeration():
                items = self.items(declaration.items)
                return declaration if items is declaration.items else replace(declaration, items=items)
            case ast.BitField():
                items, container = self.items(declaration.items), self.type(declaration.container)
                if items is declaration.items and container == declaration.container:
                    return declaration
                return replace(declaration, items=items, container=container)
            case ast.Alias() | ast.Table():
                of = self.specification(declaration.specification)
                return declaration if of is declaration.specification else replace(declaration, specification=of)
            case ast.Procedure(parameter=parameter, response=response):
                now = [part and self.specification(part) for part in (parameter, response)]
                if now[0] is parameter and now[1] is response:
                    return declaration
                return replace(declaration, parameter=now[0], response=now[1])
            case _:
                assert_never(declaration)

    def edit(self, edit: ast.Edit | ast.MemberEdit | ast.PropertyEdit) -> None:
        """Walk what an edit would write or expects; nothing comes of it but what the functions see."""
        match edit:
            case ast.Add(declaration=declaration) | ast.Replace(declaration=declaration):
                self.declaration(declaration)
            case ast.AddMember(item=item):
                self.item(item)
            case ast.ReplaceMember(specification=specification, was=was):
                self.specification(specification)
                self.properties(edit.properties)
                if was is not None:
                    self.specification(was)
            case ast.SetProperty(value=value):
                self.value(value)
                self.value(edit.was or "")
            case ast.UnsetProperty():
                self.value(edit.was or "")
            case _:
                pass

    def items(self, items: tuple[ast.Item, ...]) -> tuple[ast.Item, ...]:
        return _same(items, tuple(self.item(item) for item in items))

    def item(self, item: ast.Item) -> ast.Item:
        match item:
            case ast.Member():
                of, properties = self.specification(item.specification), self.properties(item.properties)
                if of is item.specification and properties is item.properties:
                    return item
                return replace(item, specification=of, properties=properties)
            case ast.If():
                condition = self.expression(item.condition)
                then, otherwise = self.items(item.then), self.items(item.otherwise)
                if condition is item.condition and then is item.then and otherwise is item.otherwise:
                    return item
                return replace(item, condition=condition, then=then, otherwise=otherwise)
            case ast.Switch():
                selector = self.expression(item.selector)
                arms = _same(item.arms, tuple(self._arm(arm) for arm in item.arms))
                default = None if item.default is None else self.items(item.default)
                if selector is item.selector and arms is item.arms and default is item.default:
                    return item
                return replace(item, selector=selector, arms=arms, default=default)
            case _:
                assert_never(item)

    def specification(self, specification: _S) -> _S:
        match specification:
            case ast.Named(name=name):
                now = self.type(name)
                return specification if now == name else replace(specification, name=now)
            case ast.Sized(size=size):
                now_size = self.expression(size)
                return specification if now_size is size else replace(specification, size=now_size)
            case ast.Array(count=count, of=of):
                now_count, now_of = self.expression(count), self.specification(of)
                if now_count is count and now_of is of:
                    return specification
                return replace(specification, count=now_count, of=now_of)
        return specification

    def properties(self, properties: ast.Properties) -> ast.Properties:
        return _same(properties, tuple(self._property(p) for p in properties))

    def value(self, value: ast.PropertyValue) -> ast.PropertyValue:
        """A property's value; a bare word names an enumeration."""
        if not isinstance(value, ast.Word):
            return value
        now = self.type(value.name)
        return value if now == value.name else replace(value, name=now)

    def expression(self, expression: ast.Expression) -> ast.Expression:
        match expression:
            case ast.Reference(steps=steps):
                now = _same(steps, tuple(self._step(step) for step in steps))
                return self.reference(expression if now is steps else replace(expression, steps=now))
            case ast.Unary(operand=operand):
                inner = self.expression(operand)
                return expression if inner is operand else replace(expression, operand=inner)
            case ast.Binary(left=left, right=right):
                now_left, now_right = self.expression(left), self.expression(right)
                if now_left is left and now_right is right:
                    return expression
                return replace(expression, left=now_left, right=now_right)
            case ast.Integer() | ast.LastIndex():
                return expression
            case _:
                assert_never(expression)

    def _arm(self, arm: ast.Arm) -> ast.Arm:
        items = self.items(arm.items)
        return arm if items is arm.items else replace(arm, items=items)

    def _property(self, property: ast.Property) -> ast.Property:
        value = self.value(property.value)
        return property if value is property.value else replace(property, value=value)

    def _step(self, step: ast.Name) -> ast.Name:
        subscripts = _same(step.subscripts, tuple(self.expression(e) for e in step.subscripts))
        return step if subscripts is step.subscripts else replace(step, subscripts=subscripts)


def mentions(see: Callable[[Namings], object]) -> set[str]:
    """The names that a tree names; ``see`` is handed the `Namings` to walk it with."""
    found: set[str] = set()

    def type_name(name: str) -> str:
        found.add(name)
        return name

    def reference(reference: ast.Reference) -> ast.Reference:
        found.update(step.name for step in reference.steps)
        return reference

    see(Namings(type_name, reference))
    return found


def _same(old: tuple[_T, ...], new: tuple[_T, ...]) -> tuple[_T, ...]:
    """The old tuple if the new one holds the same objects."""
    return old if all(a is b for a, b in zip(old, new, strict=True)) else new
