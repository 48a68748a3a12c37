"""The desktop client: an offline-first inspection desk for the field committees."""

VERSION = "0.1.0"
"""As in pyproject.toml; a test holds the two together."""
