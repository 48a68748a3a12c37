"""What may be typed as the centre's address."""

from __future__ import annotations

import pytest

from inspector_app.services.errors import UserError
from inspector_app.services.link.http import checked_address


@pytest.mark.parametrize(
    "typed", ["https://[::1", "[", "https://midan.example:99999", "https://", "ftp://midan.example"]
)
def test_what_is_no_address_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(UserError) as refused:
        checked_address(typed)
    assert refused.value.code == "address_malformed"
