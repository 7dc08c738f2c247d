"""A digest as people read it: the subject, plain text and HTML, Vietnamese first and then English."""

from __future__ import annotations

import functools
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from htx.digest import HEADINGS, Digest

SHOWN = 15  # lines of a section before the rest is only counted

_STATES = {
    "published": ("Bản phát hành mới {release}", "New release {release}"),
    "unchanged": (
        "Không có gì mới để phát hành; bản {release} vẫn hiện hành",
        "Nothing new to publish; {release} stays",
    ),
    "taken_back": (
        "Không phát hành: nội dung giống bản đã bị thu hồi; bản {release} vẫn hiện hành",
        "Nothing published: the content is that of a release that was taken back; {release} stays",
    ),
    "failed": (
        "ĐÊM CHẠY HỎNG: không phát hành được; bản {release} vẫn hiện hành",
        "THE NIGHT FAILED: nothing was published; {release} stays",
    ),
}
_NONE = ("(chưa có)", "(none yet)")
_WORDS = {
    "vi": {"known": "đã báo", "rest": "… và {count} dòng khác", "unknown": "{unknown} chưa báo", "as_of": "Ngày"},
    "en": {
        "known": "told before",
        "rest": "… and {count} more",
        "unknown": "{unknown} not told before",
        "as_of": "As of",
    },
}


def subject(digest: Digest) -> str:
    """Return the subject of the e-mail: what is not told before, in both languages."""
    if digest.state == "failed":
        return f"[HTX] {digest.as_of}: đêm chạy hỏng / the night failed"
    counted = [(section.unknown, *HEADINGS[section.name]) for section in digest.sections if section.unknown]
    if not counted:
        return f"[HTX] {digest.as_of}: không có gì mới / nothing new"
    vietnamese = ", ".join(f"{count} {vi.lower()}" for count, vi, _ in counted)
    english = ", ".join(f"{count} {en.lower()}" for count, _, en in counted)
    return f"[HTX] {digest.as_of}: {vietnamese} / {english}"


def text(digest: Digest) -> str:
    """Return the digest as plain text."""
    return _template("digest.txt").render(_context(digest))


def html(digest: Digest) -> str:
    """Return the digest as a page that mail programs show: no script, no picture, styles where they are used."""
    return _template("digest.html").render(_context(digest))


def _context(digest: Digest) -> dict[str, object]:
    place = {"vi": 0, "en": 1}

    def headline(language: str) -> str:
        release = digest.release_id or _NONE[place[language]]
        return _STATES[digest.state][place[language]].format(release=release)

    return {
        "digest": digest,
        "subject": subject(digest),
        "shown": SHOWN,
        "headings": HEADINGS,
        "place": place,
        "words": _WORDS,
        "headline": headline,
        "unknown": lambda section, language: _WORDS[language]["unknown"].format(unknown=section.unknown),
        "rest": lambda section, language: _WORDS[language]["rest"].format(count=section.total - SHOWN),
    }


@functools.cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
