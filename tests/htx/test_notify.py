"""Telling people, against a real mail server and a real web server on loopback."""

import datetime as dt
import email
import email.policy
import http.server
import json
import shutil
import socket
import ssl
import subprocess
import threading

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from htx import digest, digest_pages, notify
from ingestion.definitions import DefinitionError

PASSWORD = "only for this test"


def made(state="published", **lines):
    sections = [
        digest.Section(name=name, total=len(entries), unknown=sum(not e.known for e in entries), lines=entries)
        for name, entries in lines.items()
    ]
    return digest.Digest(run_id="r1", as_of=dt.date(2026, 6, 30), state=state, release_id="R-1", sections=sections)


@pytest.fixture
def night():
    return made(
        held=[digest.Line(vi="Số hợp tác xã <b>mới</b>", en="New cooperatives <b>", command="htx explain p coop_new")],
        late=[digest.Line(vi="Hà Nam: biểu chỉ tiêu", en="Ha Nam: table", command="htx coverage", known=True)],
    )


class Inbox:
    """What a mail server does with what it is given; `answers` are given first, one a message."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.messages = []
        self.logins = []

    async def handle_DATA(self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.messages.append(
            (envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default))
        )
        return "250 taken"

    def login(self, server, session, envelope, mechanism, auth_data):
        self.logins.append((auth_data.login.decode(), auth_data.password.decode()))
        return AuthResult(success=auth_data.password.decode() == PASSWORD, handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if not shutil.which("openssl"):
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    key, file = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", file]
    subprocess.run(command, check=True, capture_output=True)
    return key, file


@pytest.fixture
def mail_server(certificate):
    started = []

    def start(inbox):
        key, file = certificate
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file, key)
        options = {"tls_context": context, "require_starttls": True, "auth_required": True}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = Controller(inbox, hostname="127.0.0.1", port=port, authenticator=inbox.login, **options)
        server.start()
        started.append(server)
        return port

    yield start
    for server in started:
        server.stop()


def settings(port, file, **more):
    return {
        "HTX_NOTIFY_SMTP_HOST": "127.0.0.1",
        "HTX_NOTIFY_SMTP_PORT": str(port),
        "HTX_NOTIFY_SMTP_USER": "htx",
        "HTX_NOTIFY_SMTP_PASSWORD": PASSWORD,
        "HTX_NOTIFY_SMTP_CA_FILE": str(file),
        "HTX_NOTIFY_SENDER": "HTX <htx@example.org>",
        "HTX_NOTIFY_RECIPIENTS": "so@example.org, lienminh@example.org",
        **more,
    }


def test_it_is_off_by_default(night):
    assert notify.send(night, {}) == []


def test_the_mail_is_sent_over_starttls_with_a_login_in_both_languages(night, mail_server, certificate):
    inbox = Inbox()
    [sent] = notify.send(night, settings(mail_server(inbox), certificate[1]))
    assert sent.error is None
    assert inbox.logins == [("htx", PASSWORD)]
    [(recipients, message)] = inbox.messages
    assert recipients == ["so@example.org", "lienminh@example.org"]
    assert message["Subject"] == "[HTX] 2026-06-30: 1 bị giữ lại / 1 held"
    text = message.get_body(("plain",)).get_content()
    assert "Bị giữ lại: 1 (1 chưa báo)" in text
    assert "Held: 1 (1 not told before)" in text
    assert "htx explain p coop_new" in text
    page = message.get_body(("html",)).get_content()
    assert "New cooperatives &lt;b&gt;" in page
    assert "<b>" not in page


def test_a_password_can_lie_in_a_file(night, mail_server, certificate, tmp_path):
    (tmp_path / "password").write_text(PASSWORD + "\n")
    inbox = Inbox()
    environment = settings(mail_server(inbox), certificate[1], HTX_NOTIFY_SMTP_PASSWORD_FILE=str(tmp_path / "password"))
    del environment["HTX_NOTIFY_SMTP_PASSWORD"]
    [sent] = notify.send(night, environment)
    assert sent.error is None


def test_a_wrong_password_is_told_once_and_kept_out_of_the_message(night, mail_server, certificate):
    inbox = Inbox()
    [sent] = notify.send(night, settings(mail_server(inbox), certificate[1], HTX_NOTIFY_SMTP_PASSWORD="wrong one"))
    assert "SMTPAuthenticationError" in sent.error
    assert "wrong one" not in sent.error
    assert {password for _, password in inbox.logins} == {"wrong one"}
    assert inbox.messages == []


def test_an_unknown_certificate_is_never_sent_a_login(night, mail_server, certificate):
    inbox = Inbox()
    environment = settings(mail_server(inbox), certificate[1])
    del environment["HTX_NOTIFY_SMTP_CA_FILE"]
    [sent] = notify.send(night, environment)
    assert "certificate" in sent.error.lower()
    assert inbox.logins == []


def test_a_busy_mail_server_is_asked_again_and_a_refusal_is_not(night, mail_server, certificate, no_waiting):
    inbox = Inbox("451 try again", "451 try again")
    [sent] = notify.send(night, settings(mail_server(inbox), certificate[1]))
    assert sent.error is None
    refusing = Inbox("554 no", "554 no")
    [sent] = notify.send(night, settings(mail_server(refusing), certificate[1]))
    assert "554" in sent.error
    assert refusing.answers == ["554 no"]


def test_a_login_never_goes_in_the_clear():
    environment = settings(25, "unused", HTX_NOTIFY_SMTP_SECURITY="none")
    with pytest.raises(DefinitionError, match="in the clear"):
        notify.channels(environment)


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hook():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.seen, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def no_waiting(monkeypatch):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)


def webhook(server, **more):
    return {"HTX_NOTIFY_WEBHOOK_URL": f"http://127.0.0.1:{server.server_port}/hook?token=hidden", **more}


def test_the_webhook_gets_the_digest_signed(night, hook):
    [sent] = notify.send(night, webhook(hook, HTX_NOTIFY_WEBHOOK_SECRET="key"))
    assert sent.error is None
    [(headers, body)] = hook.seen
    assert headers["X-HTX-Signature"] == notify.signature("key", headers["X-HTX-Timestamp"], body)
    assert headers["X-HTX-Signature"] != notify.signature("another", headers["X-HTX-Timestamp"], body)
    content = json.loads(body)
    assert content["state"] == "published"
    assert content["sections"][0]["lines"][0]["command"] == "htx explain p coop_new"
    assert "Bị giữ lại" in content["text"]


def test_the_webhook_is_asked_again_after_an_error_of_its_server(night, hook, no_waiting):
    hook.answers = [503, 500]
    [sent] = notify.send(night, webhook(hook))
    assert sent.error is None
    assert len(hook.seen) == 3


@pytest.mark.parametrize("status", [404, 302])
def test_the_webhook_is_not_asked_again_where_that_cannot_help(night, hook, no_waiting, status):
    hook.answers = [status] * 3
    [sent] = notify.send(night, webhook(hook))
    assert str(status) in sent.error
    assert len(hook.seen) == 1


def test_an_unreachable_webhook_is_told_without_its_address(night, hook, no_waiting):
    environment = webhook(hook)
    hook.shutdown()
    hook.server_close()
    [sent] = notify.send(night, environment)
    assert "can't be reached" in sent.error
    assert "hidden" not in sent.error


def test_one_channel_that_fails_does_not_keep_the_other_from_it(night, hook, mail_server, certificate):
    environment = settings(mail_server(Inbox()), certificate[1], HTX_NOTIFY_SMTP_PASSWORD="wrong") | webhook(hook)
    assert [(sent.channel, sent.error is None) for sent in notify.send(night, environment)] == [
        ("e-mail", False),
        ("webhook", True),
    ]


def test_a_file_of_settings_is_read_and_the_environment_wins(tmp_path):
    file = tmp_path / "notify.yml"
    file.write_text(
        "smtp_host: mail.example.org\nsender: a@example.org\nrecipients: [b@example.org]\nsmtp_port: 2525\n"
    )
    where = notify.channels({"HTX_NOTIFY_FILE": str(file), "HTX_NOTIFY_SMTP_PORT": "587"})
    assert (where.smtp_host, where.smtp_port, where.recipients) == ("mail.example.org", 587, ("b@example.org",))


def test_a_secret_in_the_file_of_settings_is_refused(tmp_path):
    file = tmp_path / "notify.yml"
    file.write_text("smtp_password: x\n")
    with pytest.raises(DefinitionError, match="smtp_password"):
        notify.channels({"HTX_NOTIFY_FILE": str(file)})


def test_wrong_settings_are_told_and_raise_nothing(night):
    [sent] = notify.send(night, {"HTX_NOTIFY_SMTP_HOST": "mail.example.org"})
    assert sent.channel == "digest"
    assert "recipients" in sent.error


def test_a_quiet_night_can_be_passed_over_and_a_failed_one_never(hook):
    known = digest.Line(vi="a", en="a", command="c", known=True)
    environment = webhook(hook, HTX_NOTIFY_ONLY_WHEN_NEEDED="true")
    assert notify.send(made(held=[known]), environment) == []
    assert len(notify.send(made(state="failed", held=[known]), environment)) == 1


def test_a_long_section_is_cut_and_counted():
    lines = [digest.Line(vi=f"dòng {n}", en=f"line {n}", command="c") for n in range(40)]
    text = digest_pages.text(made(held=lines))
    assert "Held: 40" in text
    assert f"… and {40 - digest_pages.SHOWN} more" in text


def test_a_failed_night_says_so_first():
    failed = made(state="failed")
    assert digest_pages.subject(failed) == "[HTX] 2026-06-30: đêm chạy hỏng / the night failed"
    assert digest_pages.text(failed).startswith("ĐÊM CHẠY HỎNG")
