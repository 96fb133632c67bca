"""A page for somebody who may look and not send: its buttons that send are gone, its fields cannot be filled in.

Done to the finished page, whichever template made it, so that no button can be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from html.parser import HTMLParser

_SENDS = re.compile(r"""\s(?:hx-(?:post|put|patch|delete)|data-mine|data-may-new)(?:="[^"]*"|='[^']*')?""")
"""Attributes by which something is sent, or by which a script finds what it may move."""
_FIELDS = {"input", "select", "textarea"}
_STAY = {"button", "reset"}
"""Kinds of buttons that send nothing."""


MaySend = Callable[[str], bool]


def looking_only(page: str, may_send: MaySend) -> str:
    """The same page without what sends; forms that go where one may send stay as they are.

    `may_send` is asked with the action of a form, which is empty for the page itself.
    """
    ids = _Ids(may_send)
    ids.feed(page)
    writer = _Writer(may_send, ids.found)
    writer.feed(page)
    writer.close()
    return "".join(writer.kept)


Attributes = dict[str, str | None]


def _is_sending(tag: str, attrs: Attributes, may_send: MaySend) -> bool:
    is_post = tag == "form" and (attrs.get("method") or "").lower() == "post"
    return is_post and not may_send(attrs.get("action") or "")


class _Ids(HTMLParser):
    """The ids of forms that send: fields and buttons outside of a form name it."""

    def __init__(self, may_send: MaySend) -> None:
        super().__init__(convert_charrefs=False)
        self.may_send, self.found = may_send, set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if (name := named.get("id")) and _is_sending(tag, named, self.may_send):
            self.found.add(name)


class _Writer(HTMLParser):
    """Writes down what it reads, but for what sends."""

    def __init__(self, may_send: MaySend, forms: Collection[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.may_send, self.forms = may_send, forms
        self.kept: list[str] = []
        self.is_sending = self.is_allowed = self.is_left_out = False

    def _keep(self, text: str) -> None:
        if not self.is_left_out:
            self.kept.append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named, raw = dict(attrs), self.get_starttag_text() or ""
        if tag == "form":
            self.is_sending = _is_sending(tag, named, self.may_send)
            self.is_allowed = not self.is_sending
        if self.is_allowed and named.get("form") not in self.forms:
            self._keep(raw)
        elif tag == "button" and self._sends(named):
            self.is_left_out = True
        elif tag == "input" and named.get("type") in ("submit", "image") and self._is_of_sending(named):
            return
        elif tag in _FIELDS and named.get("type") != "hidden" and self._is_of_sending(named):
            self._keep(f"{raw[: 1 + len(tag)]} disabled{raw[1 + len(tag) :]}")
        else:
            self._keep(_SENDS.sub("", raw))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self.is_left_out:
            self.is_left_out = False
            return
        if tag == "form":
            self.is_sending = self.is_allowed = False
        self._keep(f"</{tag}>")

    def _sends(self, named: Attributes) -> bool:
        if any(name in named for name in ("hx-post", "hx-put", "hx-patch", "hx-delete")):
            return True
        return (named.get("type") or "submit") not in _STAY and self._is_of_sending(named)

    def _is_of_sending(self, named: Attributes) -> bool:
        if "form" in named:
            return named["form"] in self.forms
        return self.is_sending

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._keep(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")
