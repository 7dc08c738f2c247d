"""Telling people of a night: e-mail by SMTP and a webhook. Off until it is set up; it never fails a night.

Settings come from the file that ``HTX_NOTIFY_FILE`` names (YAML, the keys of `Channels`) and, above it, from the
environment: ``HTX_NOTIFY_`` and the key in capitals, lists separated by commas. The three secrets have no key: they
come from the environment (``HTX_NOTIFY_SMTP_PASSWORD``, ``HTX_NOTIFY_WEBHOOK_SECRET``, ``HTX_NOTIFY_WEBHOOK_URL``
where the address itself is one), or from the file that the same name with ``_FILE`` behind it names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import logging
import os
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pydantic
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from htx.home import Home
from ingestion.definitions import Definition, DefinitionError, load

if TYPE_CHECKING:
    from htx.digest import Digest
    from htx.nightly import RunReport

PREFIX = "HTX_NOTIFY_"
FILE = f"{PREFIX}FILE"
TIMEOUT_SECONDS = 20.0
ATTEMPTS = 3  # of one message; with its waits at most a minute and a half of a night

log = logging.getLogger(__name__)


class Channels(Definition):
    """Where a digest goes, and when. Nothing is sent where neither `smtp_host` nor `webhook_url` is given."""

    smtp_host: str | None = None
    smtp_port: int = pydantic.Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_ca_file: Path | None = None  # certificates to trust instead of the system's
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    webhook_url: str | None = None
    only_when_needed: bool = False  # say nothing on a night on which nothing failed and nothing is new to the reader

    @pydantic.model_validator(mode="after")
    def _complete(self) -> Channels:
        if self.smtp_host and not (self.sender and self.recipients):
            raise ValueError("smtp_host needs the keys sender and recipients as well")
        if self.smtp_user and self.smtp_security == "none":
            raise ValueError("a login is never sent in the clear: set smtp_security to starttls or tls")
        if self.webhook_url and not self.webhook_url.startswith(("https://", "http://")):
            raise ValueError("webhook_url must begin with https:// or http://")
        return self


class Sent(pydantic.BaseModel):
    """What became of one message; `error` is None when it was taken."""

    channel: Literal["e-mail", "webhook", "digest"]
    error: str | None = None


class Told(pydantic.BaseModel):
    """What became of the digest of a night."""

    lines: int
    messages: list[Sent] = []

    @property
    def sent(self) -> int:
        """How many messages were taken."""
        return sum(message.error is None for message in self.messages)


def channels(environment: Mapping[str, str] = os.environ) -> Channels:
    """Return the settings; raise DefinitionError that names what is wrong, and never a secret."""
    file = environment.get(FILE)
    values: dict[str, object] = load(Path(file), Channels).model_dump(exclude_unset=True) if file else {}
    for key in Channels.model_fields:
        text = environment.get(PREFIX + key.upper())
        if text:
            values[key] = tuple(part.strip() for part in text.split(",")) if key == "recipients" else text
    address = secret("WEBHOOK_URL", environment)
    if address:
        values["webhook_url"] = address
    try:
        return Channels.model_validate(values)
    except pydantic.ValidationError as error:
        problems = (
            f"{PREFIX}{'_'.join(str(part) for part in problem['loc']).upper() or '…'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise DefinitionError(
            "; ".join(problems) + f". Correct the environment{f' or {file}' if file else ''}."
        ) from None


def secret(name: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return a secret from the environment or from the file that it names; None when there is neither."""
    if value := environment.get(PREFIX + name):
        return value
    file = environment.get(f"{PREFIX}{name}_FILE")
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(
            f"{file}: expected the secret {PREFIX}{name}, found {error}. Correct {PREFIX}{name}_FILE."
        ) from error


def tell(home: Home, run_id: str, as_of: dt.date, failed: Sequence[str], night: RunReport) -> Told:
    """Make, keep and send the digest of a night; whatever goes wrong is logged and returned, never raised."""
    from htx import digest

    try:
        made = digest.compose(home, run_id, as_of, failed, night)
        digest.keep(home, made)
    except Exception as error:
        log.exception("the digest of %s could not be made", run_id)
        return Told(lines=0, messages=[Sent(channel="digest", error=f"{type(error).__name__}: {error}")])
    return Told(lines=made.lines, messages=send(made))


def send(digest: Digest, environment: Mapping[str, str] = os.environ, always: bool = False) -> list[Sent]:
    """Send a digest over every channel that is set up; one that fails does not keep the others from it."""
    try:
        where = channels(environment)
    except DefinitionError as error:
        log.error("nobody was told: %s", error)
        return [Sent(channel="digest", error=str(error))]
    needed = always or digest.state == "failed" or any(section.unknown for section in digest.sections)
    if where.only_when_needed and not needed:
        return []
    messages: list[Sent] = []
    if where.smtp_host:
        messages.append(_attempted("e-mail", lambda: _mail(where, digest, environment)))
    if where.webhook_url:
        messages.append(_attempted("webhook", lambda: _post(where, digest, environment)))
    return messages


def _attempted(channel: Literal["e-mail", "webhook"], attempt: Callable[[], None]) -> Sent:
    again = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=0.5, max=8),
        retry=retry_if_exception(_passing),
        reraise=True,
    )
    try:
        again(attempt)
    except Exception as error:  # nothing that a mail server or a webhook answers may cost the night
        log.error("%s: the digest was not taken: %s: %s", channel, type(error).__name__, error)
        return Sent(channel=channel, error=f"{type(error).__name__}: {error}")
    return Sent(channel=channel)


class _WebhookRefused(Exception):
    """The webhook answered with something else than 2xx; its address is never part of the message."""

    def __init__(self, status: int) -> None:
        super().__init__(f"expected an answer 2xx, found {status}")
        self.status = status


def _passing(error: BaseException) -> bool:
    """Whether trying again may help: a refused login, recipient or certificate stays refused."""
    if isinstance(error, _WebhookRefused):
        return error.status >= 500 or error.status in (408, 429)
    if isinstance(error, smtplib.SMTPResponseException):
        return 400 <= error.smtp_code < 500
    if isinstance(error, (smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError, ssl.SSLError)):
        return False
    return isinstance(error, OSError)  # unreachable, timed out, cut off; those of smtplib and requests are OSErrors too


def _mail(where: Channels, digest: Digest, environment: Mapping[str, str]) -> None:
    from htx import digest_pages

    assert where.smtp_host and where.sender
    message = EmailMessage()
    message["Subject"] = digest_pages.subject(digest)
    message["From"] = where.sender
    message["To"] = ", ".join(where.recipients)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=where.sender.rpartition("@")[2].strip("> ") or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(digest_pages.text(digest))
    message.add_alternative(digest_pages.html(digest), subtype="html")
    trusted = ssl.create_default_context(cafile=str(where.smtp_ca_file) if where.smtp_ca_file else None)
    server: smtplib.SMTP
    if where.smtp_security == "tls":
        server = smtplib.SMTP_SSL(where.smtp_host, where.smtp_port, timeout=TIMEOUT_SECONDS, context=trusted)
    else:
        server = smtplib.SMTP(where.smtp_host, where.smtp_port, timeout=TIMEOUT_SECONDS)
    with server:
        if where.smtp_security == "starttls":
            server.starttls(context=trusted)
        if where.smtp_user:
            password = secret("SMTP_PASSWORD", environment)
            if password is None:
                raise DefinitionError(f"smtp_user is set: expected its password in {PREFIX}SMTP_PASSWORD or …_FILE.")
            server.login(where.smtp_user, password)
        refused = server.send_message(message)
    if refused:  # some were taken: sending again would tell those twice
        log.error("e-mail: refused for %s", ", ".join(refused))


def _post(where: Channels, digest: Digest, environment: Mapping[str, str]) -> None:
    """Post the digest as JSON; ``text`` is what chat services show. Signed where there is a secret."""
    import requests

    from htx import digest_pages

    assert where.webhook_url
    content = {"text": digest_pages.text(digest), **digest.model_dump(mode="json", exclude={"keys"})}
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    key = secret("WEBHOOK_SECRET", environment)
    if key:
        at = str(int(dt.datetime.now(dt.UTC).timestamp()))
        headers |= {"X-HTX-Timestamp": at, "X-HTX-Signature": signature(key, at, body)}
    try:
        answer = requests.post(
            where.webhook_url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        # Its own text has the address in it, and that may be a secret.
        raise OSError(f"the webhook can't be reached ({type(error).__name__})") from None
    if not answer.ok or answer.is_redirect:
        raise _WebhookRefused(answer.status_code)


def signature(key: str, at: str, body: bytes) -> str:
    """Return what the header X-HTX-Signature holds: HMAC-SHA-256 over the time, a dot and the body."""
    return "sha256=" + hmac.new(key.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
