"""A provider that knows resources by their schema alone: what `terraform test` with every call mocked needs of one.

The real terraform reads the schemas of the catalog, which are those of the real providers, over their own protocol
(https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol). Nothing can be made with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import grpc

from tfgen.catalog import provider
from tfgen.catalog.provider import Attribute, Body, Fields, Kind, Many, Mode, Simple

_SERVICE: Final = "tfplugin6.Provider"
_TAKEN: Final = ("ValidateProviderConfig", "ValidateResourceConfig", "ValidateDataResourceConfig", "StopProvider")
"""What is asked of a provider when every call is mocked; an empty answer finds no fault."""
_NESTINGS: Final = {"single": 1, "list": 2, "set": 3, "map": 4}
_KINDS: Final = {"resource": 2, "data": 3}
"""The fields of the answer that hold the schemas of resources and data sources."""


@contextmanager
def serving(folder: Path, *, filled: bool) -> Iterator[Mapping[str, str]]:
    """The environment in which terraform takes the stand-in for each provider, while the block lasts.

    A schema does not tell whether a provider fills in what is left out. With `filled` it does so everywhere.
    """
    servers: list[grpc.Server] = []
    reattach: dict[str, object] = {}
    try:
        for local in provider.PROVIDERS:
            place = str(folder / f"{local}.sock")
            server = grpc.server(ThreadPoolExecutor(4), handlers=(_handlers(_answer(local, filled=filled)),))
            server.add_insecure_port(f"unix:{place}")
            server.start()
            servers.append(server)
            address = {"Network": "unix", "String": place}
            reattach[f"registry.terraform.io/hashicorp/{local}"] = {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": os.getpid(),
                "Test": True,
                "Addr": address,
            }
        yield {"TF_REATTACH_PROVIDERS": json.dumps(reattach)}
    finally:
        for server in servers:
            server.stop(grace=None).wait()


def _handlers(schemas: bytes) -> grpc.GenericRpcHandler:
    """Give the schemas, and find nothing wrong with any configuration: all else is mocked by terraform."""
    answers = {"GetProviderSchema": schemas, **dict.fromkeys(_TAKEN, b"")}
    methods = {name: grpc.unary_unary_rpc_method_handler(_always(answer)) for name, answer in answers.items()}
    return grpc.method_handlers_generic_handler(_SERVICE, methods)


def _always(answer: bytes) -> Callable[[bytes, object], bytes]:
    return lambda _, __: answer


# --- The answer, as protocol buffers ---------------------------------------------------------------------------------


def _answer(local: str, *, filled: bool) -> bytes:
    answer = _field(1, _field(2, b""))
    for kind, number in _KINDS.items():
        for name in provider.names(kind):
            body = provider.body(kind, name)
            if name.partition("_")[0] == local and body is not None:
                block = _block(body, filled=filled or kind == "data")
                entry = _field(1, name.encode()) + _field(2, _field(2, block))
                answer += _field(number, entry)
    return answer


def _block(body: Body, *, filled: bool) -> bytes:
    found = _attributes(body.attributes.items(), 2, filled=filled)
    for name, nested in body.blocks.items():
        bounds = b"" if nested.nesting == "single" else _number(4, nested.least) + _number(5, nested.most or 0)
        inner = _field(2, _block(nested.body, filled=filled))
        found += _field(3, _field(1, name.encode()) + inner + _number(3, _NESTINGS[nested.nesting]) + bounds)
    return found


def _attributes(attributes: Iterable[tuple[str, Attribute]], number: int, *, filled: bool) -> bytes:
    found = b""
    for name, one in attributes:
        optional = one.mode is Mode.OPTIONAL
        modes = {4: one.mode is Mode.REQUIRED, 5: optional, 6: one.mode is Mode.COMPUTED or (optional and filled)}
        told = b"".join(_number(place, int(is_so)) for place, is_so in modes.items())
        found += _field(number, _field(1, name.encode()) + _kind(one.kind, filled=filled) + told)
    return found


def _kind(kind: Kind, *, filled: bool) -> bytes:
    """The type of an attribute, or the attributes of the objects that it holds."""
    inner = kind.of if isinstance(kind, Many) else kind
    if not isinstance(inner, Fields) or inner.legacy:
        return _field(2, json.dumps(_type(kind)).encode())
    nesting = kind.collection if isinstance(kind, Many) else "single"
    within = _attributes(inner.attributes.items(), 1, filled=filled)
    return _field(10, within + _number(3, _NESTINGS[nesting]))


def _type(kind: Kind) -> object:
    match kind:
        case Simple(name):
            return "dynamic" if name == "any" else name
        case Many(collection, of):
            return [collection, _type(of)]
        case Fields(attributes):
            return ["object", {name: _type(one.kind) for name, one in attributes.items()}]


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value) if value else b""


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))
