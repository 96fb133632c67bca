"""Errors that the person in front of the screen can mend."""

from typing import Any


class PlannerError(Exception):
    """A refusal in words.

    `code` is stable and for programs, `message` is a lazily translated sentence that may name the facts
    (`%(room)s`), `status` is the HTTP status that views and API answer with: 409 conflict, 422 unusable
    input, 403 missing right, 404 unknown.
    """

    def __init__(self, code: str, message: Any, status: int = 409, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status
        self.facts = facts

    def __str__(self) -> str:
        """The sentence in the language that is active now."""
        text = str(self.message)
        return text % self.facts if self.facts and "%(" in text else text
