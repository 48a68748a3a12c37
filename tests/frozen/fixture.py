"""Where the frozen client lies, and what opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CLIENT: Final = Path(__file__).resolve().parents[1] / "fixtures" / "client_1"
"""The first client that went out: its profile, its wire, what it held, and the shape of what it knew."""

PROFILE: Final = "profile"
WIRE: Final = "wire"
CONTENTS: Final = "contents.json"
SHAPE: Final = "shape.txt"
RECOVERY: Final = "recovery-key.hex"

AHMAD: Final = "نخلة على طريق منى ١٤٤٨"
"""The passphrase of the inspector whose device was frozen."""
YASIR: Final = "سبع حصيات من مزدلفة"
"""The passphrase of the colleague at the same device."""
SAAD: Final = "باب الملك فهد عند الفجر"
"""The passphrase of the supervisor, whose device is in the recording only."""
