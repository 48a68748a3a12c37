"""The desktop client: an offline-first inspection desk for the field committees."""
