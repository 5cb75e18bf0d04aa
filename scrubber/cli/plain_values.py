"""Values of the command line that need no conversion, taken as they stand.

Typer turns every value into what its parameter asks for, with a library that costs as much time to load as typer itself
(pydantic, in its newer versions), also where nothing was said or where text is asked for. Refuses to convert anything: what is
not yet what is asked for goes the long way, which knows about ranges, choices and missing values.
"""

from __future__ import annotations

from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin


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


def _plain(annotation: Any) -> tuple[type, bool] | None:
    """What an annotation asks for: one value of a type, or (true) a list of them; None where it asks for more."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        others = [part for part in get_args(annotation) if part is not NoneType]
        if len(others) != 1:
            return None
        annotation = others[0]
    if get_origin(annotation) is list:
        (annotation,) = get_args(annotation)
        return (annotation, True) if isinstance(annotation, type) else None
    return (annotation, False) if isinstance(annotation, type) else None


def _taken(parameter: Any, asked: tuple[type, bool] | None, long_way: Any, ctx: Any, value: Any) -> Any:
    """The value, if it is what is asked for, or there is none; else what the long way makes of it."""
    if value is None:
        plain: Any = () if parameter.nargs == -1 or getattr(parameter, "multiple", False) else None
    elif asked == (type(value), False):
        plain = value
    elif asked == (str, True) and isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        plain = tuple(value)
    else:
        return long_way(ctx, value)
    return plain if parameter.callback is None else parameter.callback(ctx, parameter, plain)
