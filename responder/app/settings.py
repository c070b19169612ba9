"""How is an installation set up? Environment variables, `.env`, and `_FILE` variants for secrets."""

from __future__ import annotations

import difflib
import os
import secrets
import socket
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from responder.core.errors import InvalidInput, Unavailable

__all__ = ["ENV_FILE", "KEY_FILE", "Settings", "load_settings", "unknown_names"]

ENV_FILE = ".env"
KEY_FILE = "secret.key"
_PREFIX, _IN_FILE = "RESPONDER_", "_FILE"
_NO_SETTINGS = frozenset({"RESPONDER_USER"})
"""Names with our prefix that are no settings of the program: who works at the command line."""
_SHORTEST_KEY = 32


class Settings(BaseSettings):
    """Every setting of the program. Each is read from `RESPONDER_` and its name in capitals.

    A setting may stand in a file instead: `RESPONDER_SECRET_KEY_FILE=/run/secrets/key`.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file=ENV_FILE, extra="ignore", env_ignore_empty=True
    )

    database_url: str = Field("", description="SQLAlchemy URL; empty = SQLite in the data directory.")
    data_dir: Path = Field(Path("var"), description="Where the embedded database and the key are kept.")
    content_dirs: str = Field(
        "",
        description="Folders with playbooks/, message_templates/ and locales/ of your own, nearest first; "
        "separated as PATH is. The shipped content comes last.",
    )
    public_url: str = Field("", description="The address under which residents and providers reach us.")
    secret_key: SecretStr = Field(
        SecretStr(""), description="At least 32 characters; seals contacts, signs links."
    )
    city_file: Path | None = Field(None, description="The city file; without it playbooks/city.yaml is used.")
    smtp_url: SecretStr = Field(SecretStr(""), description="smtp[s]://user:password@host:port?starttls=auto")
    email_from: str = Field(
        "", description="The sender of emails, as in: City of Alderport <news@example.org>"
    )
    twilio_account_sid: str = Field("", description="Twilio account.")
    twilio_auth_token: SecretStr = Field(
        SecretStr(""), description="Twilio auth token; also checks receipts."
    )
    twilio_messaging_service_sid: str = Field(
        "", description="Twilio messaging service; or set the next one."
    )
    twilio_from: str = Field("", description="Twilio sender number in E.164.")
    twilio_api_base_url: str = Field(
        "", description="Another address of the Twilio API, for a stand-in on loopback."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    log_format: Literal["text", "json"] = Field("text", description="How log lines look.")
    node_name: str = Field("", description="A stable, unique name of this process; empty = the host's name.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, description="Port to listen on.")
    sms_connections: int = Field(32, ge=1, le=512, description="Connections to the SMS provider.")
    smtp_connections: int = Field(32, ge=1, le=512, description="Connections to the mail server.")
    metrics_token: SecretStr = Field(SecretStr(""), description="Bearer token for /metrics from elsewhere.")
    heartbeat_url: str = Field("", description="Called each minute while every due step has fired.")

    @field_validator("public_url", "heartbeat_url", "twilio_api_base_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("write a whole address, such as https://alerts.example.org")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the parent's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _FileVariants(settings_cls), dotenv_settings

    @property
    def database(self) -> str:
        """The database's URL, the embedded one when none is set."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'responder.db').resolve()}"

    @property
    def has_database(self) -> bool:
        """Whether the embedded database's file is there; of a database server nothing is said."""
        path = self.database.removeprefix("sqlite:///")
        return not self.database.startswith("sqlite:///") or Path(path).exists()

    @property
    def node(self) -> str:
        return self.node_name or socket.gethostname()

    @property
    def own_content(self) -> tuple[Path, ...]:
        return tuple(Path(part) for part in self.content_dirs.split(os.pathsep) if part)

    @property
    def key(self) -> str:
        """The secret key: from the environment, else from the data directory. Raises InvalidInput."""
        given = self.secret_key.get_secret_value()
        path = self.data_dir / KEY_FILE
        if not given and path.exists():
            given = _read(path, "The secret key")
        if not given:
            raise InvalidInput(
                "There is no secret key.", mend="Run `responder init`, or set RESPONDER_SECRET_KEY."
            )
        if len(given) < _SHORTEST_KEY:
            raise InvalidInput(
                "The secret key is too short.",
                mend=f"It needs {_SHORTEST_KEY} characters: openssl rand -hex 32",
            )
        return given

    def make_key(self) -> bool:
        """Make a key in the data directory (mode 0600) if there is none; returns whether one was made."""
        path = self.data_dir / KEY_FILE
        if self.secret_key.get_secret_value() or path.exists():
            return False
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        except OSError as error:
            raise Unavailable(
                f"No key can be kept in {self.data_dir}: {error.strerror}.",
                mend="Look at RESPONDER_DATA_DIR and who may write there.",
            ) from error
        return True


def load_settings(**given: object) -> Settings:
    """The settings of this process. Raises InvalidInput naming each variable that is wrong."""
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks what is given
    except ValidationError as error:
        lines = [
            f"RESPONDER_{'_'.join(map(str, item['loc'])).upper()}: {item['msg']}" for item in error.errors()
        ]
        raise InvalidInput(
            "Settings are wrong.\n" + "\n".join(lines), mend="\nSee docs/reference/environment.md."
        ) from None


def unknown_names() -> dict[str, str]:
    """Variables with our prefix that are no setting, each with the one that may be meant, or ""."""
    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields} | _NO_SETTINGS
    known |= {name + _IN_FILE for name in known}
    given = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    wrong = sorted(name for name in given - known if name.startswith(_PREFIX))
    return {name: next(iter(difflib.get_close_matches(name, known, n=1)), "") for name in wrong}


class _FileVariants(PydanticBaseSettingsSource):
    """`RESPONDER_X_FILE` names a file that holds the value of `RESPONDER_X`; in `.env` too."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        variable = f"{_PREFIX}{field_name.upper()}"
        path = os.environ.get(variable + _IN_FILE) or dotenv_values(ENV_FILE).get(variable + _IN_FILE)
        if not path:
            return None, field_name, False
        return _read(Path(path), variable + _IN_FILE), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


def _read(path: Path, what: str) -> str:
    """The text of a file, without the line's end. Raises InvalidInput."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InvalidInput(f"{what} cannot be read: {error.strerror}.", mend=f"Look at {path}.") from error
    except UnicodeDecodeError:
        raise InvalidInput(f"{what} is not a text file.", mend=f"Look at {path}.") from None
