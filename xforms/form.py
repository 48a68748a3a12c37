"""A loaded form: what it is, what it shows, and the sessions that fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from xforms.audit import AuditSettings
from xforms.collector import Rest
from xforms.definition import Definition
from xforms.errors import FormError
from xforms.model import Layout, Recording
from xforms.parse import read_form
from xforms.plan import Plan
from xforms.serialise import read_draft, read_saved, renewed
from xforms.session import Session


def load(
    xml: str | bytes,
    resources: Mapping[str, str] | None = None,
    *,
    strict: bool = True,
    faults: list[FormError] | None = None,
) -> Form:
    """Loads a form.

    Args:
        xml: The XForm document; bytes must be UTF-8.
        resources: Lists the form refers to (``.csv``, ``.xml``, ``.geojson``), by address such as
            ``jr://file-csv/hotels.csv``; those it only names (``search()``, ``itemsets.csv``) by any that ends so.
        strict: Whether rules and questions of fields that do not exist are refused, or passed over as other engines do.
        faults: For who tells an author all at once: gathers what is wrong with single rules. A form for which anything
            was gathered is not to be used.

    Raises:
        FormError: The form is broken, hostile, or uses something this engine does not run; the message names it.
    """
    with Rest():
        return Form(read_form(xml, resources or {}, strict=strict, faults=faults))


class Form:
    """A form; it never changes, and any number of sessions may use it."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._plan = Plan(definition)

    @property
    def id(self) -> str:
        """Identifier, the same in all versions."""
        return self._definition.identifier

    @property
    def version(self) -> str:
        """Version as the workbook gives it; ``""`` when it gives none."""
        return self._definition.version

    @property
    def title(self) -> str:
        """Title, in the language the author wrote it."""
        return self._definition.title

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages as the form names them, such as ``Arabic (ar)``; empty for a form without translations."""
        return self._definition.texts.languages

    @property
    def default_language(self) -> str:
        """The language a session begins in; ``""`` for a form without translations."""
        texts = self._definition.texts
        return texts.languages[texts.default] if texts.languages else ""

    @property
    def attributes(self) -> Mapping[str, str]:
        """Attributes of the root of the data (``id`` and ``version`` among them)."""
        return self._definition.attributes

    @property
    def audit(self) -> AuditSettings | None:
        """How the form wants its filling logged; None where it wants no log. A ``xforms.audit.Recorder`` writes it."""
        return self._definition.audit

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """What the form wants recorded in the background (``background-audio``)."""
        return self._definition.recordings

    @property
    def style(self) -> str:
        """How the author wants it shown: words such as ``pages``; ``""`` when he says nothing."""
        return self._definition.style

    @property
    def layout(self) -> Layout:
        """Groups and questions as they are shown, a tree in document order."""
        return self._definition.layout

    def language(self, name: str) -> str:
        """The form's own name of a language, found by that name or by its code: ``ar`` for ``Arabic (ar)``.

        Raises:
            LanguageError: The form has no such language.
        """
        return self._definition.texts.language(name)

    def new(
        self,
        language: str | None = None,
        now: Callable[[], datetime] | None = None,
        properties: Mapping[str, str] | None = None,
        place: Callable[[], str] | None = None,
        last_saved: str | bytes | None = None,
    ) -> Session:
        """Begins an empty answer sheet: defaults filled in, everything worked out.

        Args:
            language: A name or code of a language; None for the default one.
            now: The clock that ``today()`` and ``now()`` read, with its zone; None for this machine's.
            properties: What a form may ask of the device and its user: ``deviceid``, ``username``, ``email``,
                ``phonenumber``, ``simserial``, ``subscriberid``.
            place: Where the device is, as a geopoint, ``""`` while it does not know; asked when the form wants it. What
                it did not know then stands in ``Session.unplaced`` and is told by ``Session.locate``.
            last_saved: The sheet of this form, of any version, that was saved last: what ``${last-saved#field}`` reads.

        Raises:
            LanguageError: The form has no such language.
            RestoreError: ``last_saved`` is not XML.
        """
        saved = None if last_saved is None else read_saved(last_saved)
        return Session(self._plan, self._language_name(language), now, None, properties, place, saved)

    def restore(
        self,
        xml: str | bytes,
        language: str | None = None,
        now: Callable[[], datetime] | None = None,
        place: Callable[[], str] | None = None,
        unplaced: Iterable[str] = (),
    ) -> Session:
        """Takes up a stored answer sheet exactly as it was, values of what is not relevant included.

        Values that the clock, chance or the sheet saved before gave (``now()``, ``uuid()``, ``${last-saved#field}``)
        keep what is stored; all other calculations give what they gave before. The XML does not say which fields were
        still to be filled with the place of the device: ``unplaced`` does, the ``Session.unplaced`` of that moment.

        Raises:
            RestoreError: Not XML, of another form or version, or with a field that this form does not have.
            AnswerError: ``unknown_field``: there is none that is said to be ``unplaced``.
            LanguageError: The form has no such language.
        """
        stored = read_draft(xml, self._plan)
        return Session(self._plan, self._language_name(language), now, stored, place=place, unplaced=unplaced)

    def edit(
        self,
        xml: str | bytes,
        language: str | None = None,
        now: Callable[[], datetime] | None = None,
        place: Callable[[], str] | None = None,
    ) -> Session:
        """Takes up a submitted answer sheet to correct it: it gets a new identifier and names the one before.

        Raises:
            RestoreError: As of ``restore``.
            LanguageError: The form has no such language.
        """
        sheet = renewed(read_draft(xml, self._plan), self._plan)
        return Session(self._plan, self._language_name(language), now, sheet, place=place)

    def _language_name(self, name: str | None) -> str:
        return self.default_language if name is None else self.language(name)
