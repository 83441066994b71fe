"""What the twin says of AWS, held against botocore's own model of the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape


def stray(shape: Shape | None, said: Any, path: str) -> Iterator[str]:
    """Where *said* has what *shape* does not know, lacks what it demands, or is of another kind."""
    if isinstance(shape, StructureShape):
        assert isinstance(said, dict), path
        yield from (f"{path}.{name} is unknown" for name in said.keys() - shape.members.keys())
        yield from (f"{path}.{name} is missing" for name in set(shape.required_members) - said.keys())
        for name in said.keys() & shape.members.keys():
            yield from stray(shape.members[name], said[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for number, one in enumerate(said):
            yield from stray(shape.member, one, f"{path}[{number}]")
    elif isinstance(shape, MapShape):
        for name, one in said.items():
            yield from stray(shape.value, one, f"{path}[{name}]")
    else:
        assert shape is not None
        kinds: Mapping[str, tuple[type, ...]] = {
            "string": (str,),
            "integer": (int,),
            "double": (int, float),
            "boolean": (bool,),
            "timestamp": (int, float),
        }
        if type(said) not in kinds[shape.type_name]:
            yield f"{path} is a {type(said).__name__}, not a {shape.type_name}"
        elif (allowed := shape.metadata.get("enum")) and said not in allowed:
            yield f"{path} is {said}, which the model does not know"
