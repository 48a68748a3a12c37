"""The way in: which page stands at the door, and the bar with the language above it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.access import Access
from inspector_app.ui import boxes
from inspector_app.ui.access.damaged import DamagedPage
from inspector_app.ui.access.enrol import EnrolPage
from inspector_app.ui.access.page import AccessPage
from inspector_app.ui.access.recover import RecoverPage
from inspector_app.ui.access.unlock import UnlockPage
from inspector_app.ui.access.withdrawn import WithdrawnPage
from inspector_app.ui.kit.buttons import PlainButton
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Label
from inspector_app.ui.look import Look
from inspector_app.viewmodels.leaving import LastDelivery
from inspector_app.viewmodels.tasks import Tasks


class AccessWindow(QWidget):
    """The pages before the desk.

    Signals:
        signed_in: Somebody is in; the ``Desk``.
    """

    signed_in = Signal(object)

    def __init__(self, access: Access, look: Look, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("access")
        self.setProperty("ground", True)
        self._access, self._look, self._tasks = access, look, tasks
        self.enrol = EnrolPage(access, look, tasks)
        self.unlock = UnlockPage(access, look, tasks)
        self.recover = RecoverPage(access, look, tasks)
        self.damaged = DamagedPage(access, look, tasks)
        self.withdrawn = WithdrawnPage(look, tasks)
        self._stack = QStackedWidget()
        self._pages: tuple[AccessPage, ...] = (
            self.enrol,
            self.unlock,
            self.recover,
            self.damaged,
            self.withdrawn,
        )
        for page in self._pages:
            self._stack.addWidget(page)
            page.signed_in.connect(self.signed_in)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._bar())
        whole.addWidget(self._stack, 1)
        self.unlock.forgotten.connect(lambda: self._show(self.recover))
        self.unlock.damage_found.connect(self._damage)
        self.recover.left.connect(self.begin)
        self.recover.aside_wanted.connect(self._set_aside)
        self.damaged.left.connect(self.begin)
        self.damaged.set_aside.connect(self.begin)
        self.withdrawn.aside_wanted.connect(self._set_aside)
        spoken = Spoken(look, self)
        spoken.put(self.setWindowTitle, "common.product")
        tasks.refusal_escaped.connect(self._tell)
        self.begin()

    @property
    def page(self) -> AccessPage:
        """The page in front."""
        shown = self._stack.currentWidget()
        if not isinstance(shown, AccessPage):
            raise RuntimeError("the door has no page")
        return shown

    def begin(self) -> None:
        """Stand at the door: unlock what is here, or set the device up; or say that its keys are destroyed."""
        if self._access.withdrawn() and not self._access.has_cache():
            self._show(self.withdrawn)
            self.withdrawn.show_wiped()
            return
        ready = self._access.has_cache() and not self._access.unfinished()
        self._show(self.unlock if ready else self.enrol)

    def show_withdrawal(self, delivery: LastDelivery) -> None:
        """The device was withdrawn: show how its last delivery goes."""
        self._show(self.withdrawn)
        self.withdrawn.follow(delivery)

    def tell_released(self) -> None:
        """Whoever was signed in may not use this device any more."""
        say = self._look.words.say
        boxes.tell(self._look, self, say("released.title"), say("released.text"), icon="alert", name="released")

    def show_page(self, name: str) -> None:
        """Bring a page to the front by its object name.

        Raises:
            StopIteration: There is no such page.
        """
        self._show(next(page for page in self._pages if page.objectName() == name))

    def _show(self, page: AccessPage) -> None:
        self._stack.setCurrentWidget(page)
        page.begin()

    def _damage(self, error: Exception) -> None:
        self.damaged.show_damage(error)
        self._show(self.damaged)

    def _set_aside(self) -> None:
        self._tasks.run(self._access.set_aside, done=lambda _: self.begin(), lane="write", owner=self)

    def _tell(self, refusal: Exception) -> None:
        boxes.tell_error(self._look, self, refusal)

    def _bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("topbar", True)
        brand = Label(role="brand")
        language = PlainButton("access.language", self._look, "language")
        theme = PlainButton("access.theme", self._look, "moon")
        language.clicked.connect(lambda: self._look.set_language("en" if self._look.words.rtl else "ar"))
        theme.clicked.connect(lambda: self._look.set_theme("dark" if self._look.theme == "light" else "light"))
        spoken = Spoken(self._look, self)
        spoken.put(brand.setText, "common.product")
        spoken.put(language.setText, "common.other_language")
        spoken.put(theme.setAccessibleName, "access.theme")
        spoken.put(theme.setToolTip, "access.theme")
        row = QHBoxLayout(bar)
        row.setContentsMargins(24, 10, 16, 10)
        row.addWidget(brand)
        row.addStretch(1)
        row.addWidget(language)
        row.addWidget(theme)
        return bar
