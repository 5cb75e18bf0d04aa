"""Values of the command line that need no conversion, taken as they stand.

Typer turns every value into what its parameter asks for, with a library that costs as much time to load as typer itself
(pydantic, in its newer versions), also where nothing was said or where text is asked for. Refuses to say what is wrong
with a value: all but text, plain numbers within their limits and exact choices goes the long way.
"""

from __future__ import annotations

import math
import re
from enum import StrEnum
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

_NUMBER = re.compile("[0-9]{1,9}")


def take_plain_values(command: Any) -> None:
    """Let the parameters of a command that typer has made, and of those below it, take plain values as they stand."""
    vars(command)["get_params"] = partial(_eased, command, command.get_params)
    for inner in getattr(command, "commands", {}).values():
        take_plain_values(inner)


def _eased(command: Any, get_params: Any, ctx: Any) -> list[Any]:
    """The parameters of a command, each with an answer of its own in front of that of its class."""
    wanted = getattr(command.callback, "__annotations__", {})
    parameters: list[Any] = get_params(ctx)
    for parameter in parameters:
        if not parameter.required and "process_value" not in vars(parameter):
            asked = _plain(wanted.get(parameter.name))
            vars(parameter)["process_value"] = partial(_taken, parameter, asked, parameter.process_value)
    return parameters


class _Asked(NamedTuple):
    """What a parameter asks for: one value of a type, or a list of them; of numbers the least and the most."""

    kind: type
    many: bool = False
    least: float = -math.inf
    most: float = math.inf


def _plain(annotation: Any) -> _Asked | None:
    """What an annotation asks for; None where that is more than can be said here."""
    limits: Any = None
    if get_origin(annotation) is Annotated:
        annotation, limits, *_ = get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        others = [part for part in get_args(annotation) if part is not NoneType]
        annotation = others[0] if len(others) == 1 else None
    many = get_origin(annotation) is list
    if many:
        (annotation,) = get_args(annotation)
    if not isinstance(annotation, type):
        return None
    least, most = getattr(limits, "min", None), getattr(limits, "max", None)
    return _Asked(annotation, many, -math.inf if least is None else least, math.inf if most is None else most)


def _taken(parameter: Any, asked: _Asked | None, long_way: Any, ctx: Any, value: Any) -> Any:
    """The value, if it is what is asked for, or there is none; else what the long way makes of it."""
    if value is None:
        plain: Any = () if parameter.nargs == -1 or getattr(parameter, "multiple", False) else None
    elif asked is None:
        return long_way(ctx, value)
    elif not asked.many and type(value) is asked.kind:
        plain = value
    elif asked.many and asked.kind is str and type(value) in (list, tuple) and all(type(one) is str for one in value):
        plain = tuple(value)
    elif not asked.many and asked.kind is int and _NUMBER.fullmatch(value) and asked.least <= int(value) <= asked.most:
        plain = int(value)
    elif not asked.many and issubclass(asked.kind, StrEnum) and value in [choice.value for choice in asked.kind]:
        plain = asked.kind(value)
    else:
        return long_way(ctx, value)
    return plain if parameter.callback is None else parameter.callback(ctx, parameter, plain)
