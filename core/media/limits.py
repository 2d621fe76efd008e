"""Stopping an upload that is too big while it comes in, before it fills the disk."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from core.media.refusals import MAX_BYTES

DRAIN_BYTES = 4 * MAX_BYTES


class TooBigStops(FileUploadHandler):
    """Stops at the first byte beyond 15 MB and remembers it.

    The rest of a body up to 60 MB is read and thrown away, so that the browser gets the answer;
    of a larger one the connection is cut.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.stopped = False
        self._received = 0
        self._cut = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Look at the size that the request announces."""
        self._cut = content_length > DRAIN_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count, and pass on what is still within the limit."""
        self._received += len(raw_data)
        if self._received > MAX_BYTES:
            self.stopped = True
            raise StopUpload(connection_reset=self._cut)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the making of the file to the handlers after this one."""
        return
