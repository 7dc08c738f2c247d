"""Zipped workbooks (.xlsx, .xlsm, .xlsb, .ods): which one it is, and its parts, unpacked within bounds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import NoReturn

from ingestion.documents import UnreadableDocument
from ingestion.workbooks import limits

_ENTITY = re.compile(rb"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)


class Package:
    """The parts of a zipped workbook. Raises UnreadableDocument for bombs, damage, other zips and XML entities."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
            self._refuse(
                f"a zip that ends early or is damaged ({error})",
                reason="the file is truncated or damaged",
                advice="The upload was probably cut off: ask the sender for the file again.",
            )
        self.parts = {info.filename.lstrip("/"): info for info in self._zip.infolist()}
        self._check_sizes()
        self.format = self._format()
        self._cache: dict[str, bytes] = {}
        self._check_entities()

    @property
    def has_macros(self) -> bool:
        """Say whether the workbook carries a macro project."""
        return any(part.lower().endswith("vbaproject.bin") or part.startswith("Basic/") for part in self.parts)

    @property
    def external_links(self) -> bool:
        """Say whether the workbook refers to other files."""
        return any(part.startswith("xl/externalLinks/") for part in self.parts)

    def read(self, part: str) -> bytes:
        """Return one part, unpacked; empty when the package has none of that name."""
        info = self.parts.get(part)
        if info is None:
            return b""
        if part not in self._cache:
            try:
                with self._zip.open(info) as stream:
                    self._cache[part] = stream.read(limits.MOST_UNPACKED + 1)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
                encrypted = isinstance(error, RuntimeError) and not isinstance(error, NotImplementedError)
                self._refuse(
                    f"part {part} that can't be unpacked ({error})",
                    reason="the workbook is protected with a password" if encrypted else "the file is damaged",
                    advice="Save it again as .xlsx without a password in a spreadsheet program, and deliver that.",
                )
        return self._cache[part]

    def forget(self, part: str) -> None:
        """Free the memory of a part that is not needed any more."""
        self._cache.pop(part, None)

    def _check_sizes(self) -> None:
        packed = sum(info.compress_size for info in self.parts.values())
        unpacked = sum(info.file_size for info in self.parts.values())
        bomb = (
            unpacked > limits.MOST_UNPACKED
            or (unpacked > limits.RATIO_MATTERS_FROM and unpacked > limits.MOST_RATIO * max(packed, 1))
            or len(self._zip.infolist()) > limits.MOST_PARTS
        )
        if bomb:
            self._refuse(
                f"{len(self._zip.infolist()):,} parts, {packed:,} bytes that unpack to {unpacked:,}",
                expected=f"at most {limits.MOST_UNPACKED:,} bytes unpacked, {limits.MOST_RATIO} times the packed size",
                reason="the file unpacks to an absurd size (a zip bomb)",
                advice="Don't open it. If the data is real, split it into smaller workbooks.",
            )

    def _format(self) -> str:
        if "xl/workbook.bin" in self.parts:
            return "xlsb"
        if "xl/workbook.xml" in self.parts:
            return "xlsm" if self.has_macros else "xlsx"
        if "content.xml" in self.parts and b"opendocument.spreadsheet" in self._start_of("mimetype", 100):
            return "ods"
        if "content.xml" in self.parts and "META-INF/manifest.xml" in self.parts:
            return "ods"
        kinds = ", ".join(sorted(self.parts)[:3])
        raise self._refusal(
            f"a zip archive with {kinds or 'nothing in it'}",
            reason="the file is a zip archive but no workbook",
            advice="Unpack it and deliver the workbooks inside one by one.",
        )

    def _start_of(self, part: str, size: int) -> bytes:
        if part not in self.parts:
            return b""
        with self._zip.open(self.parts[part]) as stream:
            return stream.read(size)

    def _check_entities(self) -> None:
        for part, info in self.parts.items():
            if part.endswith((".xml", ".rels", ".vml")) and info.file_size:
                try:
                    start = self._start_of(part, 4096)
                except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
                    self.read(part)  # refuses with the full story
                    continue
                if _ENTITY.search(start.replace(b"\0", b"")):
                    self._refuse(
                        f"a document type declaration in {part}",
                        expected="XML without declarations of its own",
                        reason="the file declares XML entities, as attacks do and workbooks never do",
                        advice="Don't open it. Ask the sender to save the workbook again from a spreadsheet program.",
                    )

    def _refuse(self, found: str, *, reason: str, advice: str, expected: str = "a workbook") -> NoReturn:
        raise self._refusal(found, reason=reason, advice=advice, expected=expected)

    def _refusal(self, found: str, *, reason: str, advice: str, expected: str = "a workbook") -> UnreadableDocument:
        return UnreadableDocument(self.name, expected=expected, found=found, reason=reason, advice=advice)
