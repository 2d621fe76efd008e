"""Refusals: why a thing was not done, in a sentence that says what to do next."""

from django.utils.functional import Promise


class Refused(Exception):
    """An action did not happen. Subclasses say why; ``sentence`` is what the person reads."""

    status = 409

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self._sentence = sentence

    def sentence(self) -> str:
        """What the person reads, in their language."""
        return str(self._sentence)
