"""The grammar of HCL as python-hcl2 has it, compiled: packaged as JSON, which can only be data. Knows no tree of ours.

To compile it takes seconds. lark would keep the result as a pickle, which runs whatever is written into it, and
python-hcl2 keeps that in a place where others may be able to write; neither is read or written here. Where another lark
or another grammar is installed than the packaged one was made with, it is compiled each time.
"""

from __future__ import annotations

import hashlib
import json
import pkgutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from lark import Lark

FILE: Final = "grammar.json"
"""The file beside this one; `make grammar` writes it anew."""

_START: Final = {"parser": "lalr", "propagate_positions": True}
_SHIFT: Final = 0
_REDUCE: Final = 1


def parser() -> Lark:
    """Give a parser of our own: other users of python-hcl2 keep theirs as it is."""
    text = _source()
    packaged = json.loads(pkgutil.get_data(__package__, FILE) or b"{}")
    return _loaded(packaged) if packaged.get("made_of") == made_of(text) else _compiled(text)


def made_of(grammar: str) -> dict[str, str]:
    """What the compiled form depends on."""
    import lark

    return {"grammar": hashlib.sha256(grammar.encode()).hexdigest(), "lark": lark.__version__}


def serialised() -> str:
    """Compile the installed grammar and give the text of `FILE`."""
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    text = _source()
    data, memo = _compiled(text).memo_serialize([TerminalDef, Rule])
    # What is no data of the grammar is given anew when it is loaded.
    data["options"] = {name: value for name, value in data["options"].items() if name not in {"postlex", "_plugins"}}
    table = data["parser"]["parser"]
    tokens, states = _listed(table["tokens"]), _listed(table["states"])
    table["tokens"], table["states"] = [], []
    parts: dict[str, Any] = {
        "made_of": made_of(text),
        "memo": _listed(memo),
        "data": data,
        "tokens": tokens,
        "states": [_row(actions) for actions in states],
    }
    return "{\n" + ",\n".join(_lines(parts)) + "\n}\n"


def _lines(parts: dict[str, Any]) -> Iterator[str]:
    for name, part in parts.items():
        yield f"{json.dumps(name)}: {json.dumps(part, separators=(',', ':'), ensure_ascii=True)}"


def _listed(numbered: dict[int, Any]) -> list[Any]:
    """What lark keeps under the numbers from 0 on; JSON has no such keys."""
    return [numbered[number] for number in range(len(numbered))]


def _row(actions: dict[int, tuple[int, Any]]) -> list[int]:
    """What a state does with each token: the token, then the next state, or `~n` to reduce by rule n of the memo."""
    row: list[int] = []
    for token, (action, of) in actions.items():
        row += (token, of if action == _SHIFT else ~of["@"])
    return row


def _loaded(packaged: dict[str, Any]) -> Lark:
    from hcl2.postlexer import PostLexer
    from lark import Lark

    memo = dict(enumerate(packaged["memo"]))
    data = packaged["data"]
    of: dict[int, tuple[int, Any]] = {number: (_SHIFT, number) for number in range(len(packaged["states"]))}
    of |= {~number: (_REDUCE, {"@": number}) for number in memo}
    table = data["parser"]["parser"]
    table["tokens"] = dict(enumerate(packaged["tokens"]))
    table["states"] = {
        number: {token: of[action] for token, action in zip(row[::2], row[1::2], strict=True)}
        for number, row in enumerate(packaged["states"])
    }
    loaded: Lark = Lark._load_from_dict(data, memo, postlex=PostLexer())  # type: ignore[no-untyped-call]
    return loaded


def _compiled(text: str) -> Lark:
    from hcl2.postlexer import PostLexer
    from lark import Lark

    return Lark(text, postlex=PostLexer(), **_START)


def _source() -> str:
    return (pkgutil.get_data("hcl2", "hcl2.lark") or b"").decode()
