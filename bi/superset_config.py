"""Superset's settings for this warehouse: read-only on the current release, Vietnamese, nothing asked of the outside.

`bi.server` starts Superset with them and says in the environment where things are:

``HTX_BI_FOLDER``     Superset's own folder: metadata database and secret key
``HTX_BI_RELEASE``    the link to the current release, read as DuckDB …
``HTX_BI_POSTGRES``   … unless this names the served database, by a login that reads and does nothing else
"""

import json
import os
from pathlib import Path
from typing import Any

import jinja2
from flask import Flask, Response, jsonify, request
from sqlalchemy.engine import URL
from superset.config import TALISMAN_CONFIG, THEME_DEFAULT

_FOLDER = Path(os.environ["HTX_BI_FOLDER"])
_POSTGRES = os.environ.get("HTX_BI_POSTGRES")

SECRET_KEY = (_FOLDER / "secret_key").read_text()
SQLALCHEMY_DATABASE_URI = os.environ.get("HTX_BI_METADATA") or f"sqlite:///{_FOLDER / 'superset.db'}"
UPLOAD_FOLDER = str(_FOLDER / "uploads")

# Reading the release


def DB_CONNECTION_MUTATOR(
    uri: URL, params: dict[str, Any], username: str | None, security_manager: Any, source: Any
) -> tuple[URL, dict[str, Any]]:
    """Lead every connection to the release that is current now; what another database is asked for stays as it is.

    Superset connects anew for each query, so a chart shows one whole release, and the next chart the next one.
    """
    if uri.host is None and uri.get_backend_name() == "duckdb" and not _POSTGRES:
        release = Path(os.environ["HTX_BI_RELEASE"]).resolve()  # now: the link moves
        config = {
            # In capitals, because duckdb-engine would set what it knows before the file is open, where it can't be set.
            "SEARCH_PATH": "marts,publication",
            # SQL of a reader may read this file and no other.
            "enable_external_access": False,
            "memory_limit": "1GB",
        }
        # `config` is replaced as a whole: one process can't open a file with two sets of settings, and Superset's own
        # differ by the page that asks.
        params["connect_args"] = {"read_only": True, "config": config}
        return uri.set(database=str(release / "htx.duckdb")), params
    if uri.host is None and uri.get_backend_name() == "postgresql" and _POSTGRES:
        from psycopg2.extensions import parse_dsn

        options = "-c search_path=published -c default_transaction_read_only=on -c statement_timeout=60000"
        reader = parse_dsn(_POSTGRES)
        reader["database"] = reader.pop("dbname", None)  # the word that SQLAlchemy uses; psycopg2 takes one of the two
        params["connect_args"] = {**reader, "options": options, "application_name": "superset"}
    return uri, params


# Nothing is kept of a release: a new one shows at once, and a query of a dashboard takes milliseconds.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
ROW_LIMIT = 10000
SQLLAB_CTAS_NO_LIMIT = False

# As Vietnamese people write it: 1.234.567,5 · 31/12/2025 · 1.000 ₫

LANGUAGES = {"vi": {"flag": "vn", "name": "Tiếng Việt"}, "en": {"flag": "us", "name": "English"}}
BABEL_DEFAULT_LOCALE = "vi"
# Superset ships no Vietnamese; these are the words that a reader of dashboards sees. What is missing stays English.
_WORDS = json.loads((Path(__file__).parent / "vi.json").read_text(encoding="utf-8"))
_PLURALS = {"domain": "superset", "lang": "vi", "plural_forms": "nplurals=1; plural=0"}
_PACK = {
    "domain": "superset",
    "locale_data": {"superset": {"": _PLURALS, **{english: [said] for english, said in _WORDS.items()}}},
}
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]}
D3_TIME_FORMAT = {
    "dateTime": "%H:%M %d/%m/%Y",
    "date": "%d/%m/%Y",
    "time": "%H:%M:%S",
    "periods": ["SA", "CH"],
    "days": ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"],
    "shortDays": ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
    "months": [f"Tháng {month}" for month in range(1, 13)],
    "shortMonths": [f"Th{month}" for month in range(1, 13)],
}
CURRENCIES = ["VND", "USD"]
APP_NAME = "Kho dữ liệu hợp tác xã"
THEME_DEFAULT = {
    **THEME_DEFAULT,
    # Fonts of the reader's own machine that have all Vietnamese letters with their marks.
    "token": {
        **THEME_DEFAULT["token"],
        "brandAppName": APP_NAME,
        "fontFamily": "Inter, 'Noto Sans', 'Segoe UI', Arial, sans-serif",
    },
}
THEME_DARK = None


def FLASK_APP_MUTATOR(app: Flask) -> None:
    """Put what `templates/` holds in the place of Superset's own; give out the Vietnamese words, also at the login."""
    own = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    app.jinja_loader = jinja2.ChoiceLoader([own, app.jinja_loader])  # type: ignore[list-item]

    @app.before_request
    def words() -> Response | None:
        return jsonify(_PACK) if request.path == "/superset/language_pack/vi/" else None


# Nothing leaves this machine: no telemetry, no maps, no fonts from elsewhere. The browser is told so as well.
_POLICY = {key: ["'self'"] for key in ("base-uri", "default-src", "font-src", "connect-src")}
TALISMAN_CONFIG = {
    **TALISMAN_CONFIG,
    "content_security_policy": {
        **_POLICY,
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
}
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
ENABLE_CORS = False
FAB_API_SWAGGER_UI = False
SESSION_COOKIE_SAMESITE = "Strict"
GUEST_TOKEN_JWT_SECRET = SECRET_KEY
FEATURE_FLAGS = {"ALERT_REPORTS": False, "THUMBNAILS": False, "ENABLE_TEMPLATE_PROCESSING": False}
