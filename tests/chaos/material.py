"""What is written and photographed while waiting for death: words and pictures that nobody made before."""

from __future__ import annotations

import io
import random
from typing import Final

from PIL import Image

_WORDS: Final = "صناديق كرتون تسد مخرج الطوارئ في الدور الثالث ولا لوحة إرشادية عند السلم ومطفأة الحريق منتهية"


def sentence(rng: random.Random) -> str:
    """Some words; the number in front makes them the only ones."""
    return f"{rng.randrange(10**6)} " + " ".join(rng.sample(_WORDS.split(), rng.randint(5, 9)))


def photograph(rng: random.Random, width: int, height: int) -> bytes:
    """A JPEG that no other photograph is like, of so many pixels."""
    small = (width // 4, height // 4)
    file = io.BytesIO()
    noise = Image.frombytes("RGB", small, rng.randbytes(small[0] * small[1] * 3))
    noise.resize((width, height)).save(file, "JPEG", quality=88)
    return file.getvalue()
