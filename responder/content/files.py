"""Where are playbooks, templates and catalogues? On the content path, what is shipped last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from responder.core.errors import InvalidInput, NotFound, Unavailable
from responder.engine.ports.contents import CITY_FILE, Content, SourceFile, pin_name

__all__ = ["FileContent", "PinnedContent", "shipped_directory"]

_FOLDERS = ("playbooks", "message_templates", "locales")
_LARGEST = 8 * 1024 * 1024
_PLAYBOOK_FOLDERS = ("playbooks", "playbooks/modules")


def shipped_directory() -> Path:
    """What is shipped: in the wheel below the package, in a checkout at its top."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_shipped"
    return shipped if shipped.is_dir() else package.parent


@dataclass(frozen=True, slots=True)
class FileContent:
    """Content on disk. `directories` come first, each with `playbooks/`, `message_templates/`, `locales/`.

    `city` is the city file; without it the nearest `playbooks/city.yaml`. `playbook_files` are single
    playbooks given by their path, nearer than everything else.
    """

    directories: tuple[Path, ...] = ()
    city: Path | None = None
    playbook_files: tuple[Path, ...] = ()
    shipped: Path = field(default_factory=shipped_directory)

    def layers(self, path: str) -> tuple[SourceFile, ...]:
        if path == CITY_FILE:
            return self._city_layers()
        inside = _inside(path)
        given = {file.resolve() for file in self.playbook_files}
        files = ((root, root / inside) for root in self._roots())
        there = ((root, file) for root, file in files if file.is_file() and file.resolve() not in given)
        return (*self._given(path), *(self._file(path, file, root) for root, file in there))

    def read(self, path: str) -> bytes:
        found = self.layers(path)
        if not found:
            raise NotFound(f"There is no {path} on the content path.", mend="See RESPONDER_CONTENT_DIRS.")
        return found[0].data

    def files(self, folder: str) -> tuple[str, ...]:
        inside = _inside(folder)
        found = {
            file.relative_to(root).as_posix()
            for root in self._roots()
            for file in (root / inside).rglob("*")
            if file.is_file() and not _hidden(file.relative_to(root))
        }
        return tuple(sorted(found))

    def playbook(self, playbook: str) -> tuple[SourceFile, ...]:
        if not _is_id(playbook):
            return ()
        paths = [f"{folder}/{playbook}.yaml" for folder in _PLAYBOOK_FOLDERS]
        return tuple(file for path in paths for file in self.layers(path))

    def playbooks(self) -> tuple[str, ...]:
        on_path = (PurePosixPath(path) for path in self.files("playbooks"))
        ids = {
            path.stem for path in on_path if path.suffix == ".yaml" and str(path.parent) in _PLAYBOOK_FOLDERS
        }
        given = {file.stem for file in self.playbook_files}
        return tuple(sorted((ids - {"city"}) | given))

    def pinned(self, pins: Mapping[str, str], fetch: Callable[[str], bytes]) -> Content:
        return PinnedContent(dict(pins), fetch, self)

    def _roots(self) -> tuple[Path, ...]:
        return (*self.directories, self.shipped)

    def _given(self, path: str) -> tuple[SourceFile, ...]:
        """A file given by its path counts as a playbook, whatever folder it lies in."""
        pure = PurePosixPath(path)
        if str(pure.parent) != "playbooks":
            return ()
        return tuple(
            SourceFile(path, _bytes(file), str(file))
            for file in self.playbook_files
            if file.name == pure.name
        )

    def _city_layers(self) -> tuple[SourceFile, ...]:
        if self.city is not None:
            return (SourceFile(CITY_FILE, _bytes(self.city), str(self.city)),)
        return tuple(
            SourceFile(CITY_FILE, file.data, file.shown) for file in self.layers("playbooks/city.yaml")
        )

    def _file(self, path: str, file: Path, root: Path) -> SourceFile:
        shown = path if root == self.shipped else str(file)
        return SourceFile(path, _bytes(file), shown)


@dataclass(frozen=True, slots=True)
class PinnedContent:
    """Content as an incident pinned it: bytes by their SHA-256, whatever became of the files.

    Catalogues are read from `below`: a statement freezes its texts when it is drafted.
    """

    pins: Mapping[str, str]
    fetch: Callable[[str], bytes]
    below: Content

    def layers(self, path: str) -> tuple[SourceFile, ...]:
        if path.startswith("locales/"):
            return self.below.layers(path)
        found: list[SourceFile] = []
        while (digest := self.pins.get(pin_name(path, len(found)))) is not None:
            found.append(SourceFile(path, self._bytes(path, digest), path))
        return tuple(found)

    def read(self, path: str) -> bytes:
        found = self.layers(path)
        if not found:
            raise NotFound(
                f"{path} was not pinned when the incident was activated.", mend="Move it to a new version."
            )
        return found[0].data

    def files(self, folder: str) -> tuple[str, ...]:
        if folder.split("/")[0] == "locales":
            return self.below.files(folder)
        inside = folder.rstrip("/") + "/"
        return tuple(sorted({path for path in self.pins if path.startswith(inside) and "~" not in path}))

    def playbook(self, playbook: str) -> tuple[SourceFile, ...]:
        paths = [f"{folder}/{playbook}.yaml" for folder in _PLAYBOOK_FOLDERS]
        return tuple(file for path in paths for file in self.layers(path))

    def playbooks(self) -> tuple[str, ...]:
        pure = (PurePosixPath(path) for path in self.files("playbooks"))
        return tuple(sorted(path.stem for path in pure if path.suffix == ".yaml"))

    def pinned(self, pins: Mapping[str, str], fetch: Callable[[str], bytes]) -> Content:
        return PinnedContent(dict(pins), fetch, self.below)

    def _bytes(self, path: str, digest: str) -> bytes:
        data = self.fetch(digest)
        if hashlib.sha256(data).hexdigest() != digest:
            raise Unavailable(
                f"The pinned bytes of {path} are not what was pinned.", mend="Restore a backup."
            )
        return data


def _inside(path: str) -> PurePosixPath:
    """A path below the content folders; anything that leads out of them is refused."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or pure.parts[0] not in _FOLDERS:
        raise InvalidInput(
            f"“{path}” is not a path of the content.", mend=f"It begins with one of {_FOLDERS}."
        )
    return pure


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise InvalidInput(f"{file} is larger than 8 MiB.", mend="Nothing here is meant to be so large.")
        return file.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}.", mend="Look at its name.") from None
    except OSError as error:
        raise Unavailable(
            f"{file} cannot be read: {error.strerror}.", mend="Look at its permissions."
        ) from error


def _hidden(file: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in file.parts)


def _is_id(playbook: str) -> bool:
    return bool(playbook) and all(letter.isalnum() or letter in "-_" for letter in playbook)
